package io.culvert.runtime.driver;

import io.culvert.engine.Engine;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.streams.ReadStream;
import io.vertx.core.streams.WriteStream;

/** Serves engines on pairs of Vert.x byte streams that somebody else has opened. */
public final class StreamServer<E, N extends Engine<E>> {
  private final Endpoint<E, N> endpoint;

  public StreamServer(Shard shard, Application<E, N> application) {
    this.endpoint = Endpoint.unlimited(shard, application);
  }

  /**
   * Serves one peer; called in the shard's context.
   *
   * @param close called when the connection has ended; closes the streams' other end
   */
  public void attach(ReadStream<Buffer> in, WriteStream<Buffer> out, Runnable close) {
    if (endpoint.admits()) {
      StreamTransport.attach(endpoint, in, out, close);
    } else {
      close.run();
    }
  }

  /** Takes no more, and ends each connection as {@link EngineServer#close} does. */
  public Future<Void> close() {
    return EngineServer.onShard(endpoint.shard(), endpoint::end);
  }
}
