package io.culvert.runtime.driver;

import io.culvert.engine.Engine;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * What the connections of one listener in one shard share: application, counters, and the list of
 * those that have a socket. Single-threaded.
 */
final class Endpoint<E, N extends Engine<E>> {
  private static final int INITIAL = 4;

  private final Shard shard;
  private final Application<E, N> application;
  private final Admission admission;
  private final DriverCounters counters = new DriverCounters();

  private @Nullable Connection<E, N>[] connections = newList(INITIAL);
  private int count;
  private @Nullable Promise<Void> emptied;

  /**
   * @param admission the same one in all shards of the listener
   */
  Endpoint(Shard shard, Application<E, N> application, Admission admission) {
    this.shard = shard;
    this.application = application;
    this.admission = admission;
  }

  /** One that any number of connections may come to. */
  static <E, N extends Engine<E>> Endpoint<E, N> unlimited(
      Shard shard, Application<E, N> application) {
    return new Endpoint<>(shard, application, new Admission(Integer.MAX_VALUE));
  }

  /**
   * Whether one more connection may come: then it opens, or {@link #notOpened} is called. One that
   * may not is counted as refused.
   */
  boolean admits() {
    long nowNanos = System.nanoTime();
    if (emptied == null && admission.waitNanos(nowNanos) == 0 && admission.take()) {
      admission.count(nowNanos);
      return true;
    }
    counters.refused++;
    return false;
  }

  /** A connection that was admitted has ended before it had an engine. */
  void notOpened() {
    admission.giveBack();
  }

  void add(Connection<E, N> connection) {
    if (count == connections.length) {
      connections = Arrays.copyOf(connections, count * 2);
    }
    connection.index = count;
    connections[count++] = connection;
    counters.accepted++;
    counters.open = count;
  }

  void remove(Connection<E, N> connection) {
    int index = connection.index;
    Connection<E, N> last = connections[--count];
    connections[count] = null;
    if (last != null && last != connection) {
      connections[index] = last;
      last.index = index;
    }
    counters.open = count;
    admission.giveBack();
    if (count == 0 && emptied != null) {
      emptied.tryComplete();
    }
  }

  /** Ends every connection: each sends what its outbox holds, within the driver's time limits. */
  Future<Void> end() {
    Promise<Void> promise = emptied;
    if (promise == null) {
      promise = shard.internalContext().promise();
      emptied = promise;
      for (Connection<E, N> connection : Arrays.copyOf(connections, count)) {
        if (connection != null) {
          connection.end();
        }
      }
      if (count == 0) {
        promise.complete();
      }
    }
    return promise.future();
  }

  /** The engine of an endpoint that has one connection. */
  N only() {
    Connection<E, N> connection = connections[0];
    if (connection == null) {
      throw new IllegalStateException("The application has not opened an engine");
    }
    return connection.engine();
  }

  Shard shard() {
    return shard;
  }

  Application<E, N> application() {
    return application;
  }

  DriverCounters counters() {
    return counters;
  }

  @SuppressWarnings("unchecked")
  private static <E, N extends Engine<E>> @Nullable Connection<E, N>[] newList(int length) {
    return (@Nullable Connection<E, N>[]) new Connection<?, ?>[length];
  }
}
