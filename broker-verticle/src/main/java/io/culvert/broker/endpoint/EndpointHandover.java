package io.culvert.broker.endpoint;

import io.culvert.broker.MqttBroker;
import io.vertx.core.Context;
import io.vertx.core.Handler;
import io.vertx.core.Vertx;
import io.vertx.mqtt.MqttEndpoint;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Hands endpoints of a Vert.x {@code MqttServer} to a broker, so that an application which already
 * runs such a server moves over step by step: as its {@code endpointHandler}, or called from there
 * for some clients only, in place of {@link MqttEndpoint#accept}. Needs {@code io.vertx:vertx-mqtt}
 * on the class path.
 *
 * <p>The broker sees the client's own packets, with its client identifier, Clean Start, Will, Keep
 * Alive, properties and Packet Identifiers, in its own version, 3.1 to 5. Sessions, take-over and
 * acknowledgements are so between the client and the broker, as on a listener: the endpoint answers
 * nothing by itself. An endpoint that was handed over is not to be used any more; handlers that the
 * application has set on it are replaced.
 *
 * <p>Whether the client may connect has been decided by the application. The broker serves it as it
 * serves the streams of {@link MqttBroker#attach}: where {@code auth} asks for a login, with the
 * user name and the password of the endpoint.
 *
 * <p>What the Vert.x server does not let through stays behind:
 *
 * <ul>
 *   <li>Enhanced authentication: a CONNECT with an Authentication Method is refused (0x8C).
 *   <li>A user name without a password.
 *   <li>Reason codes of PUBREC, PUBREL and PUBCOMP to the client, which the endpoint does not send:
 *       to the client a refused message of QoS 2 looks taken, as it does before MQTT 5.
 *   <li>Packets that the client sends before it has its CONNACK: the Vert.x server ends the
 *       connection.
 *   <li>Flow control below MQTT: an endpoint cannot be told to stop reading. A client that sends
 *       faster than the broker reads is told 0x97 and closed when more than {@code waitingBytes}
 *       wait for the broker.
 * </ul>
 */
public final class EndpointHandover implements Handler<MqttEndpoint> {
  /** As much as a client may send ahead of the broker unless said otherwise: 4 MiB. */
  public static final int DEFAULT_WAITING_BYTES = 4 * 1024 * 1024;

  private final List<Context> loops;
  private final MqttBroker broker;
  private final int waitingBytes;
  private final AtomicInteger next = new AtomicInteger();

  private EndpointHandover(MqttBroker broker, int waitingBytes) {
    this.broker = broker;
    this.loops = broker.contexts();
    this.waitingBytes = waitingBytes;
  }

  /** To this broker; the same one may be used by several servers, on any thread. */
  public static EndpointHandover to(MqttBroker broker) {
    return to(broker, DEFAULT_WAITING_BYTES);
  }

  /**
   * As above, with a limit.
   *
   * @param waitingBytes of one client that the broker has not begun to read, at least 1; the packet
   *     that exceeds it still passes
   */
  public static EndpointHandover to(MqttBroker broker, int waitingBytes) {
    if (waitingBytes < 1) {
      throw new IllegalArgumentException("waiting bytes: " + waitingBytes);
    }
    return new EndpointHandover(broker, waitingBytes);
  }

  /**
   * Serves the client, which is neither accepted nor rejected yet: the broker's CONNACK does it.
   *
   * @throws IllegalStateException outside of a context of Vert.x; the endpoint's own is meant
   */
  @Override
  public void handle(MqttEndpoint endpoint) {
    Context own = Vertx.currentContext();
    if (own == null) {
      throw new IllegalStateException("not in the server's endpointHandler");
    }
    new EndpointRelay(endpoint, own, loop(own), waitingBytes).connect(broker);
  }

  /** The endpoint's own context, if the broker works in it, or any. */
  private Context loop(Context own) {
    return loops.contains(own)
        ? own
        : loops.get(Math.floorMod(next.getAndIncrement(), loops.size()));
  }
}
