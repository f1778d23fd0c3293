package io.culvert.mqtt.server;

import org.jspecify.annotations.Nullable;

/** Told of what an operator may want to know, for a driver's log. Does nothing by itself. */
public interface BrokerLog {
  /** For those who do not want to know. */
  BrokerLog NONE = new BrokerLog() {};

  /**
   * A CONNECT was accepted.
   *
   * @param sessionPresent whether it goes on with a session that there was
   */
  default void connected(ServerConnection connection, boolean sessionPresent, long nowMillis) {}

  /** Some messages, usually one, will not reach this session. */
  default void dropped(Session session, DropReason reason, int messages, long nowMillis) {}

  /**
   * A client tries what it may not; told once for each connection.
   *
   * @param what it tries: {@code publish to a/b}, {@code subscribe to a/#}, {@code leave a Will to
   *     a/b}
   */
  default void denied(String clientId, @Nullable String userName, String what, long nowMillis) {}

  /**
   * Connections with one Client Identifier take it from each other again and again; told once for
   * each fight.
   *
   * @param one where one of them comes from
   * @param other where another one comes from
   */
  default void fight(String clientId, String one, String other, int takeOvers, long nowMillis) {}

  /** A mistake of ours while a message was delivered to this session; its connection is closed. */
  default void failed(Session session, RuntimeException failure) {}

  /** A mistake of ours in what had to be done when something was stored. */
  default void failed(RuntimeException failure) {}

  /** A durable record could not be used at a start, or when it was needed, and is left out. */
  default void damaged(String what) {}
}
