package io.jrados.osd.op;

import java.time.Instant;

/** An object's size in bytes and time of its last change. */
public record ObjectStat(long size, Instant modified) {}
