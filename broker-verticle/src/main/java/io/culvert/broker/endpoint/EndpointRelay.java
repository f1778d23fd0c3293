package io.culvert.broker.endpoint;

import io.culvert.broker.MqttBroker;
import io.culvert.engine.BufferPool;
import io.culvert.engine.Bytes;
import io.culvert.engine.Outbox;
import io.culvert.engine.ReceiveBuffer;
import io.culvert.mqtt.wire.Connect;
import io.culvert.mqtt.wire.MqttDecoder;
import io.culvert.mqtt.wire.MqttEncoder;
import io.culvert.mqtt.wire.MqttPacket;
import io.culvert.mqtt.wire.MqttVersion;
import io.culvert.mqtt.wire.MqttViolation;
import io.culvert.mqtt.wire.Property;
import io.culvert.mqtt.wire.ReasonCode;
import io.culvert.runtime.driver.StreamPair;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.mqtt.MqttEndpoint;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One client between its endpoint and the broker. It keeps no state of the protocol: packets pass
 * with their own identifiers. Packets are translated in the endpoint's context; on the broker's
 * event loop there are only bytes, in order, at either end of a pair of streams.
 */
final class EndpointRelay {
  private static final Logger LOG = LoggerFactory.getLogger("culvert.mqtt.endpoint");

  /** Bytes to the client that are under way before the broker is held back: as of a socket. */
  private static final int FULL_BYTES = 64 * 1024;

  private final MqttEndpoint endpoint;
  private final Context own;
  private final Context loop;
  private final int mostWaitingBytes;
  private final AtomicLong waitingBytes = new AtomicLong();

  // in the endpoint's context
  private final Outbox out = new Outbox(new BufferPool());
  private final ReceiveBuffer in = new ReceiveBuffer();
  private final MqttDecoder decoder = new MqttDecoder(Long.MAX_VALUE);
  private final ToEndpoint target;
  private MqttVersion version = MqttVersion.MQTT_5;
  private boolean closed;

  // on the broker's event loop
  private final StreamPair.End stream;
  private final StreamPair.End brokers;
  private final Queue<Buffer> waiting = new ArrayDeque<>();
  private long underWayBytes;
  private boolean ended;

  EndpointRelay(MqttEndpoint endpoint, Context own, Context loop, int mostWaitingBytes) {
    this.endpoint = endpoint;
    this.own = own;
    this.loop = loop;
    this.mostWaitingBytes = mostWaitingBytes;
    this.target = new ToEndpoint(endpoint);
    StreamPair pair = StreamPair.on(loop);
    this.brokers = pair.first();
    this.stream = pair.second();
  }

  /** Sends the client's CONNECT to the broker and takes all its events from now on. */
  void connect(MqttBroker broker) {
    Connect connect;
    try {
      connect = FromEndpoint.connect(endpoint);
    } catch (MqttViolation violation) {
      target.reject(violation.reasonCode());
      return;
    }
    if (connect.properties().has(Property.AUTHENTICATION_METHOD)) {
      target.reject(ReasonCode.BAD_AUTHENTICATION_METHOD); // the endpoint sends no AUTH then
      return;
    }
    version = connect.version();
    decoder.version(version);
    FromEndpoint.listen(endpoint, this::send);
    endpoint.authenticationExchangeHandler(auth -> refuse(ReasonCode.PROTOCOL_ERROR));
    endpoint.closeHandler(gone -> endpointClosed());
    loop.runOnContext(
        go -> {
          broker.attach(brokers, brokers, brokers::close);
          stream.endHandler(end -> brokerEnded());
          stream.handler(this::fromBroker);
        });
    send(() -> connect);
  }

  // ---- in the endpoint's context

  /** What the client has sent, to be translated here: what cannot be is the client's fault. */
  private void send(Supplier<MqttPacket> packet) {
    if (closed) {
      return;
    }
    try {
      MqttEncoder.write(packet.get(), version, out);
    } catch (MqttViolation violation) {
      refuse(violation.reasonCode());
      return;
    } catch (IllegalArgumentException foreign) { // the Vert.x decoder is less strict than ours
      LOG.debug("{} sent what MQTT does not have", endpoint.remoteAddress(), foreign);
      refuse(ReasonCode.PROTOCOL_ERROR);
      return;
    }
    Buffer bytes = Buffer.buffer((int) out.pendingBytes());
    out.drainTo(new Appending(bytes));
    if (waitingBytes.getAndAdd(bytes.length()) > mostWaitingBytes) {
      refuse(ReasonCode.QUOTA_EXCEEDED);
      return;
    }
    loop.runOnContext(go -> toBroker(bytes));
  }

  /** Hands packets to the client; completes when the last one is written. */
  private Future<?> deliver(Buffer bytes) {
    Future<?> written = Future.succeededFuture();
    if (closed) {
      return written;
    }
    in.add(Bytes.wrap(bytes.getBytes()));
    try {
      for (MqttPacket packet = next(); packet != null; packet = next()) {
        written = target.handle(packet);
      }
    } catch (RuntimeException failure) { // ours, or the application has closed it meanwhile
      LOG.error("cannot hand a packet to {}", endpoint.remoteAddress(), failure);
      closeEndpoint();
    }
    in.keep();
    return written;
  }

  private @Nullable MqttPacket next() {
    return target.isOpen() ? decoder.next(in) : null;
  }

  /** Ends as if the connection was lost, so the Will is published. */
  private void refuse(ReasonCode reasonCode) {
    closed = true;
    target.disconnect(reasonCode);
    loop.runOnContext(go -> end());
  }

  private void closeEndpoint() {
    if (!closed) {
      closed = true;
      target.close();
    }
    loop.runOnContext(go -> end());
  }

  private void endpointClosed() {
    closed = true;
    target.closed();
    in.clear();
    loop.runOnContext(go -> end());
  }

  // ---- on the broker's event loop

  private void toBroker(Buffer bytes) {
    waiting.add(bytes);
    pump();
  }

  private void pump() {
    while (!waiting.isEmpty() && !stream.writeQueueFull()) {
      Buffer next = waiting.remove();
      waitingBytes.addAndGet(-next.length());
      stream.write(next);
    }
    if (!waiting.isEmpty()) {
      stream.drainHandler(drained -> pump());
    } else if (ended) {
      stream.close();
    }
  }

  private void fromBroker(Buffer bytes) {
    int length = bytes.length();
    underWayBytes += length;
    if (underWayBytes >= FULL_BYTES) {
      stream.pause();
    }
    own.runOnContext(
        go -> deliver(bytes).onComplete(written -> loop.runOnContext(back -> arrived(length))));
  }

  private void arrived(int length) {
    underWayBytes -= length;
    if (underWayBytes < FULL_BYTES) {
      stream.resume();
    }
  }

  /** No more comes from the client; what it has sent before still reaches the broker. */
  private void end() {
    ended = true;
    stream.resume(); // to the end: nobody is there whom it could be too much for
    pump();
  }

  private void brokerEnded() {
    waiting.clear();
    stream.close();
    own.runOnContext(go -> closeEndpoint());
  }

  private record Appending(Buffer bytes) implements Outbox.Sink {
    @Override
    public void copied(byte[] array, int start, int length) {
      bytes.appendBytes(array, start, length);
    }

    @Override
    public void shared(Bytes shared) {
      bytes.appendBytes(shared.array(), shared.start(), shared.length());
    }
  }
}
