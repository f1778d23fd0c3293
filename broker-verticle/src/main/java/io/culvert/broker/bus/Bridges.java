package io.culvert.broker.bus;

import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.List;

/** The configured bridges. Those to addresses are on the broker's event loops, in turn. */
final class Bridges {
  private final List<OutBridge> out = new ArrayList<>();
  private final List<InBridge> in = new ArrayList<>();

  Bridges(
      BusHost host,
      BusOptions options,
      Publisher publisher,
      Subscribers subscribers,
      BusCounters counters) {
    List<BusShard> shards = host.shards();
    for (BridgeRule rule : options.bridges()) {
      if (rule instanceof BridgeRule.Out towards) {
        BusShard shard = shards.get(out.size() % shards.size());
        out.add(
            new OutBridge(
                subscribers.nextId(),
                towards,
                host,
                shard,
                counters,
                options.sessionExpirySeconds()));
      } else if (rule instanceof BridgeRule.In from) {
        in.add(new InBridge(from, shards.get(0), publisher, counters));
      }
    }
  }

  /** Those that wait for what comes to their addresses. */
  List<InBridge> in() {
    return List.copyOf(in);
  }

  /** Completes when those to addresses are subscribed. */
  Future<Void> start() {
    return Future.all(out.stream().map(bridge -> bridge.shard().onLoop(bridge::start)).toList())
        .mapEmpty();
  }

  /** Their connections end with the broker. */
  void stop() {
    out.forEach(OutBridge::stop);
  }
}
