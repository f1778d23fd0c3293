package io.culvert.mqtt.server;

import io.culvert.engine.Bytes;
import io.culvert.engine.ShardLink;
import org.jspecify.annotations.Nullable;

/** The other shards, as one shard sees them. */
final class Peers implements ShardLink.Receiver {
  private final ShardPlace place;
  private @Nullable ShardLink link;

  Peers(ShardPlace place) {
    this.place = place;
  }

  void join(ShardLink joined) {
    link = joined;
  }

  @Override
  public void received(int peer, Bytes frame, long nowMillis) {
    throw new IllegalStateException("shard " + place.number() + " understands no frame yet" + link);
  }

  @Override
  public void room(int peer, long nowMillis) {}
}
