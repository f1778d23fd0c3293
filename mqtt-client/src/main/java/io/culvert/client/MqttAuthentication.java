package io.culvert.client;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import org.jspecify.annotations.Nullable;

/**
 * An enhanced authentication of MQTT 5 (section 4.12), as the client does it. One object serves all
 * connections of a client; each exchange is an object of its own.
 */
public interface MqttAuthentication {
  /** The Authentication Method. */
  String method();

  /** Begins an exchange: for CONNECT, or to authenticate again. Called on the event loop. */
  Exchange begin(Vertx vertx);

  /**
   * One exchange. Its methods are called on the event loop, one after another; what they return may
   * be completed on any thread.
   */
  interface Exchange {
    /** The data that begins it, or null for none. */
    @Nullable Buffer first();

    /**
     * Answers the server's data.
     *
     * @param data of AUTH, or null for none
     * @return the data of the next AUTH; a failure ends the connection
     */
    Future<Buffer> answer(@Nullable Buffer data);

    /**
     * The server has accepted the client.
     *
     * @param data of CONNACK or of the last AUTH, or null for none
     * @return a failure ends the connection: the server has not proved who it is
     */
    Future<Void> accepted(@Nullable Buffer data);
  }

  /** SCRAM-SHA-256 (RFC 7677): neither side learns the password from the other. */
  static MqttAuthentication scramSha256(String userName, String password) {
    return new ScramAuthentication(userName, password);
  }
}
