package io.culvert.runtime.driver;

import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.internal.ContextInternal;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Shards that work side by side: no two have the same event loop. */
public final class Shards {
  private Shards() {}

  /**
   * The shard of a context, and as many more as make {@code count}, on other event loops of the
   * same Vert.x. The new contexts end with the given one.
   *
   * @throws IllegalArgumentException if this Vert.x has fewer event loops
   */
  public static List<Shard> of(Context context, int count) {
    Shard first = Shard.of(context);
    ContextInternal own = first.internalContext();
    EventLoopGroup loops = own.owner().nettyEventLoopGroup();
    int available = available(context);
    if (count < 1 || count > available) {
      throw new IllegalArgumentException(
          count + " shards for the " + available + " event loops of this Vert.x");
    }
    List<Shard> shards = new ArrayList<>(List.of(first));
    Set<EventLoop> taken = new HashSet<>(Set.of(first.eventLoop()));
    while (shards.size() < count) {
      EventLoop next =
          loops.next(); // takes turns, also with whoever else asks Vert.x for a context
      if (taken.add(next)) {
        shards.add(Shard.of(sibling(own, next)));
      }
    }
    return shards;
  }

  /** What all of them answer, in their order; fails as the first one that fails. */
  public static <T> Future<List<T>> all(List<Future<T>> answers) {
    return Future.all(answers).map(done -> answers.stream().map(Future::result).toList());
  }

  /** How many event loops the Vert.x of this context has. */
  public static int available(Context context) {
    int available = 0;
    for (Object ignored : ((ContextInternal) context).owner().nettyEventLoopGroup()) {
      available++;
    }
    return available;
  }

  private static Context sibling(ContextInternal own, EventLoop eventLoop) {
    return own.owner()
        .contextBuilder()
        .withEventLoop(eventLoop)
        .withCloseFuture(own.closeFuture())
        .withClassLoader(own.classLoader())
        .build();
  }
}
