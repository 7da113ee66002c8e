package io.jrados.osdmap;

/**
 * Epochs that a pool remembers.
 *
 * @param lastChange of the pool itself
 * @param forceResend at which every operation is sent again; of clients that know RESEND_ON_SPLIT and pg merges
 * @param forceResendPreNautilus the same for clients that know the former only
 * @param forceResendPreLuminous the same for clients that know neither
 */
public record PoolEpochs(long lastChange, long forceResend, long forceResendPreNautilus, long forceResendPreLuminous) {}
