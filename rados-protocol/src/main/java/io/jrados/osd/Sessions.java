package io.jrados.osd;

import io.jrados.msgr.Connection;
import io.jrados.osdmap.OsdMap;
import io.jrados.wire.EntityAddr;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/** The sessions with OSDs, by number, each with the address that the map in force has. */
final class Sessions {
    private final Surroundings around;
    private final Session.Owner owner;
    private final Map<Integer, Session> byOsd = new HashMap<>();
    private @Nullable OsdMap map;

    Sessions(Surroundings around, Session.Owner owner) {
        this.around = around;
        this.owner = owner;
    }

    /** The session with an OSD, connecting if it is new; null for none, -1, and for one without an address of msgr2. */
    @Nullable
    Session to(int osd) {
        Session known = byOsd.get(osd);
        if (known != null || osd < 0 || map == null) {
            return known;
        }
        EntityAddr address = address(map, osd);
        if (address.isBlank()) {
            return null;
        }
        Session made = new Session(osd, address, around, owner);
        byOsd.put(osd, made);
        made.connect();
        return made;
    }

    /** The session with an OSD if there is one. */
    @Nullable
    Session known(int osd) {
        return byOsd.get(osd);
    }

    /** Whether an OSD asked to hold operations back. */
    boolean anyHoldsBack() {
        return byOsd.values().stream().anyMatch(Session::holdsBack);
    }

    /** Returns the address of an OSD; if it has both families, the one that we are known by. */
    private EntityAddr address(OsdMap from, int osd) {
        return EntityAddr.msgr2Of(from.osdAddresses(osd), around.isIpv6());
    }

    /** Closes, and returns, the sessions with OSDs that are down or elsewhere in a newer map. */
    List<Session> follow(OsdMap newer) {
        map = newer;
        List<Session> gone = new ArrayList<>();
        for (Session session : List.copyOf(byOsd.values())) {
            int osd = session.osd();
            if (!newer.osdIsUp(osd) || !address(newer, osd).equals(session.address())) {
                drop(session);
                gone.add(session);
            }
        }
        return gone;
    }

    /** Closes a session that nothing goes through. */
    void drop(Session session) {
        byOsd.remove(session.osd(), session);
        session.close();
    }

    void forEachConnection(BiConsumer<Integer, Connection> visitor) {
        byOsd.forEach(
                (osd, session) -> session.openConnection().ifPresent(connection -> visitor.accept(osd, connection)));
    }

    void check() {
        for (Session session : List.copyOf(byOsd.values())) {
            Guard.run("looking after osd." + session.osd(), session::check);
        }
    }

    void closeAll() {
        for (Session session : List.copyOf(byOsd.values())) {
            Guard.run("closing the session with osd." + session.osd(), () -> drop(session));
        }
    }
}
