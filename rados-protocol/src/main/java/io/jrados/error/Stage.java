package io.jrados.error;

/** The stages that something a client does can wait in, in the order of its way to the cluster. */
public enum Stage {
    /**
     * A limit of the client's or the image's has to leave room: rbd_qos_*, objecter_inflight_ops,
     * objecter_inflight_op_bytes.
     */
    LIMIT("room within a limit"),
    /** A verb, or the reading of a header that has changed, keeps requests out of an image. */
    GATE("its image's gate"),
    /** Another client has an image's exclusive lock, or this one is just taking it or giving it back. */
    LOCK("its image's lock"),
    /** The owner of an image's lock does what it was asked to do. */
    OWNER("the owner of its image's lock"),
    /** Clients that watch an object have to answer a notification. */
    WATCHERS("the answers of an object's watchers"),
    /** A newer OSD map has to come, or any. */
    MAP("a newer OSD map"),
    /** No OSD serves the object's placement group, or none is up. */
    PLACEMENT("an OSD that serves it"),
    /** The cluster has paused reads or writes. */
    PAUSED("the end of a pause"),
    /** The cluster is full, or the pool is full or over its quota. */
    FULL("room in its pool"),
    /** An OSD asked to hold operations on a placement group, or an object, back. */
    BACKOFF("the end of an OSD's backoff"),
    /** A connection with the OSD, which is not there yet, or no longer. */
    CONNECTING("a connection with its OSD"),
    /**
     * The client's budget for what it receives is used up (ms_dispatch_throttle_bytes), so the answer is not read yet;
     * or that for what its reads lend; or the JVM itself has no more.
     */
    MEMORY("memory to receive the answer"),
    /** The OSD has it and has not answered. */
    ANSWER("an OSD's answer"),
    /** A write whose caller waits no more: the cluster has not said whether it was done. */
    IN_DOUBT("its outcome, which is in doubt"),
    /** The monitors have not answered, or none of them can be reached. */
    MONITORS("the monitors"),
    /** The manager has not answered, or none is active. */
    MANAGER("the manager");

    private final String text;

    Stage(String text) {
        this.text = text;
    }

    /** Returns the stage as the object of "waits for". */
    @Override
    public String toString() {
        return text;
    }
}
