package io.jrados.message;

import io.jrados.error.MalformedException;
import io.jrados.wire.Decoder;
import io.jrados.wire.EntityAddr;
import io.jrados.wire.Struct;
import io.jrados.wire.Utime;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/**
 * The monitors of a cluster: MonMap (src/mon/MonMap.cc).
 *
 * <pre>
 *   v7  from Nautilus on; older ones are refused
 *   v8  + removed ranks, election strategy    v9  + stretch mode    both stepped over
 *   v10  + key types
 * mon_info_t
 *   v3  from Nautilus on    v4  + weight    v5  + location, stepped over
 * </pre>
 *
 * @param monitors by rank, at least one
 * @param minRelease the oldest release among them, as a number: 14 is Nautilus
 */
public record MonMap(
        UUID fsid, long epoch, Utime lastChanged, Utime created, List<Monitor> monitors, int minRelease, Keys keys) {
    private static final Struct STRUCT = new Struct("MonMap", 7, 10, 6);
    private static final int WITH_KEYS = 10;
    private static final Struct INFO = new Struct("mon_info_t", 3, 5, 1);
    private static final int WITH_WEIGHT = 4;
    private static final Struct FEATURES = new Struct("mon_feature_t", 1, 1, 1);

    /**
     * The types of keys that the cluster takes, by their numbers in a CryptoKey: 1 is aes, 2 aes256k.
     *
     * @param epoch grows when all tickets become worthless
     * @param service the type of what tickets are sealed with, which is no client's concern
     * @param allowed those of clients and daemons
     * @param preferred that of new keys
     */
    public record Keys(long epoch, int service, List<Integer> allowed, int preferred) {
        /** The keys that older maps stand for (MonMap::decode). */
        static final Keys OLD = new Keys(0, 1, List.of(1, 2), 1);

        static Keys decode(Decoder in) {
            return new Keys(in.u32(), in.i32(), in.list(4, Decoder::i32), in.i32());
        }
    }

    /**
     * One monitor.
     *
     * @param priority lower ones are tried first
     * @param weight for the choice among those of one priority, 0 in all for equal chances
     */
    public record Monitor(String name, List<EntityAddr> addresses, int priority, int weight) {
        static Monitor decode(Decoder in) {
            return in.struct(
                    INFO,
                    (body, version) -> new Monitor(
                            body.string(),
                            EntityAddr.decodeVector(body),
                            body.u16(),
                            version < WITH_WEIGHT ? 0 : body.u16()));
        }
    }

    public static MonMap decode(Decoder in) {
        return in.struct(STRUCT, MonMap::read);
    }

    private static MonMap read(Decoder in, int version) {
        UUID fsid = in.uuid();
        long epoch = in.u32();
        Utime lastChanged = Utime.decode(in);
        Utime created = Utime.decode(in);
        in.struct(FEATURES, (body, features) -> body.u64());
        in.struct(FEATURES, (body, features) -> body.u64());
        Map<String, Monitor> infos = in.map(10, Decoder::string, Monitor::decode);
        List<Monitor> ranked = ranked(in.list(4, Decoder::string), infos);
        int minRelease = in.u8();
        if (version >= WITH_KEYS) {
            in.set(4, Decoder::u32);
            in.u8();
            in.set(4, Decoder::string);
            in.bool();
            in.string();
            in.set(4, Decoder::string);
        }
        Keys keys = version >= WITH_KEYS ? Keys.decode(in) : Keys.OLD;
        return new MonMap(fsid, epoch, lastChanged, created, ranked, minRelease, keys);
    }

    private static List<Monitor> ranked(List<String> ranks, Map<String, Monitor> infos) {
        if (ranks.isEmpty() || ranks.size() != infos.size()) {
            throw new MalformedException("MonMap of " + infos.size() + " monitors with " + ranks.size() + " ranks");
        }
        List<Monitor> ranked = new ArrayList<>(ranks.size());
        for (String name : ranks) {
            Monitor info = infos.get(name);
            if (info == null) {
                throw new MalformedException("MonMap with a rank for mon." + name + ", which it does not describe");
            }
            ranked.add(info);
        }
        return List.copyOf(ranked);
    }
}
