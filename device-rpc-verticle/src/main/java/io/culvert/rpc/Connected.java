package io.culvert.rpc;

import io.culvert.engine.Engine;
import io.culvert.runtime.driver.Shard;
import io.culvert.runtime.driver.TimedPart;
import io.vertx.core.Future;
import org.jspecify.annotations.Nullable;

/**
 * A client that is connected, or begins to be: what it has asked, what it serves, and when one of
 * them is due. On the event loop of the client only.
 */
final class Connected implements TimedPart {
  private final RpcLink link;
  private final Asking asking;
  private final long wallOffsetMillis;
  private final Shard.Watch watch;
  private @Nullable Serving serving;

  /**
   * @param wallOffsetMillis what the clock of the shard lacks to that of {@code asking}
   */
  Connected(Shard shard, RpcLink link, Asking asking, long wallOffsetMillis) {
    this.link = link;
    this.asking = asking;
    this.wallOffsetMillis = wallOffsetMillis;
    this.watch = shard.watch(this);
  }

  RpcLink link() {
    return link;
  }

  Asking asking() {
    return asking;
  }

  Future<Void> serve(Serving made) {
    serving = made;
    return made.start();
  }

  /** Ends: requests that wait fail. */
  Future<Void> close() {
    asking.close();
    Serving served = serving;
    if (served == null) {
      watch.cancel();
      return link.close();
    }
    served.close();
    watch.cancel();
    return link.close().onComplete(ended -> served.disconnected());
  }

  /** By the clock of the shard. */
  @Override
  public long deadlineMillis() {
    long mine = asking.deadlineMillis();
    long others = serving == null ? Engine.NO_DEADLINE : serving.deadlineMillis();
    long earliest = Math.min(mine, others);
    return earliest == Engine.NO_DEADLINE ? earliest : earliest - wallOffsetMillis;
  }

  @Override
  public void timeout(long now) {
    asking.timeout();
    if (serving != null) {
      serving.timeout();
    }
  }
}
