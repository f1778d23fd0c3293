package io.culvert.broker;

/**
 * How far a broker is with letting its clients go.
 *
 * @param draining whether it has begun
 * @param clients who were connected then
 * @param left of them who are not told yet
 */
public record DrainStatus(boolean draining, int clients, int left) {}
