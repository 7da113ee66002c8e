package io.jrados.auth;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** A recorded conversation with a real cluster; the files say how they are written. */
record Transcript(String key, Map<String, Part> parts) {
    /** One connection: request, challenge, answer, done. */
    record Part(List<byte[]> sent, List<byte[]> received, long globalId, int mode) {}

    static Transcript load(String name) throws IOException {
        try (InputStream in = Transcript.class.getResourceAsStream("/golden/" + name + ".txt")) {
            if (in == null) {
                throw new IOException("no transcript " + name);
            }
            return parse(new String(in.readAllBytes(), StandardCharsets.UTF_8));
        }
    }

    private static Transcript parse(String text) {
        String key = "";
        Map<String, Part> parts = new LinkedHashMap<>();
        String part = "";
        for (String line : text.lines().toList()) {
            String[] words = line.split(" ");
            switch (words[0]) {
                case "#" -> {}
                case "key" -> key = words[1];
                case ">" -> parts.get(part).sent().add(HexFormat.of().parseHex(words[1]));
                case "<" -> parts.get(part).received().add(HexFormat.of().parseHex(words[1]));
                case "=" -> {
                    Part open = parts.get(part);
                    long globalId = Long.parseLong(words[1]);
                    parts.put(part, new Part(open.sent(), open.received(), globalId, Integer.parseInt(words[2])));
                }
                default -> {
                    part = words[0];
                    parts.put(part, new Part(new ArrayList<>(), new ArrayList<>(), 0, 0));
                }
            }
        }
        return new Transcript(key, parts);
    }
}
