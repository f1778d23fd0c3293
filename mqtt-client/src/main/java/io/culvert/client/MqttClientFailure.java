package io.culvert.client;

import io.culvert.runtime.bus.CulvertFailure;

/** Why the client could not do what it was asked. */
public enum MqttClientFailure implements CulvertFailure {
  /** No server could be reached: the network, TLS or the WebSocket handshake said no. */
  CONNECT_FAILED(2000, true),

  /** The server has refused CONNECT; the reason code is that of CONNACK. */
  CONNECT_REFUSED(2001, false),

  /** The enhanced authentication failed on this side: the server did not prove who it is. */
  AUTHENTICATION_FAILED(2002, false),

  /** The connection has ended before the answer came: it may have had its effect. */
  CONNECTION_LOST(2003, true),

  /** There is no connection, and this does not wait for one. */
  NOT_CONNECTED(2004, true),

  /** The server has refused the message; the reason code is that of PUBACK, PUBREC or PUBCOMP. */
  PUBLISH_REFUSED(2005, false),

  /** The server has refused the subscription; the reason code is that of SUBACK. */
  SUBSCRIBE_REFUSED(2006, false),

  /** The server has refused to unsubscribe; the reason code is that of UNSUBACK. */
  UNSUBSCRIBE_REFUSED(2007, false),

  /** As many messages wait as may: publish more when some are through. */
  QUEUE_FULL(2008, true),

  /** The server has said in CONNACK that it does not take this. Nothing was sent. */
  NOT_SUPPORTED(2009, false),

  /** The message's expiry came before its turn. */
  MESSAGE_EXPIRED(2010, false),

  /** The server has lost the session in the middle of the exchange: it may have arrived. */
  SESSION_LOST(2011, false),

  /** Nothing came in the time that was given. */
  TIMEOUT(2012, true),

  /** The client was closed. */
  CLOSED(2013, false);

  private final int code;
  private final boolean retryable;

  MqttClientFailure(int code, boolean retryable) {
    this.code = code;
    this.retryable = retryable;
  }

  @Override
  public int code() {
    return code;
  }

  @Override
  public boolean retryable() {
    return retryable;
  }
}
