package io.jrados.conf;

/** Marks the threads of the client's loops: on them nothing may wait. */
public interface LoopThread {}
