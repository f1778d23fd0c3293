package io.culvert.rpc.exchange;

/**
 * What is kept of a request.
 *
 * @param isAnswered whether it was; else it was begun
 * @param answer how it was answered, or what it is answered when it was only begun
 * @param deadlineMillis when nobody waits for the answer any more
 * @param forgetMillis when nobody asks again any more
 */
public record ExchangeRecord(
    ExchangeKey key,
    boolean isAnswered,
    RpcMessage answer,
    long deadlineMillis,
    long forgetMillis) {}
