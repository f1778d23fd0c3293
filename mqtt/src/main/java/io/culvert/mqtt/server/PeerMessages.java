package io.culvert.mqtt.server;

import io.culvert.engine.Bytes;
import io.culvert.engine.ShardLink;

/** What the other shards send, handed to whom it concerns. */
final class PeerMessages implements ShardLink.Receiver {
  private final ByteBudget budget;
  private final Peers peers;
  private final Router router;
  private final SessionMoves moves;
  private final RetainedShards retained;
  private final RemotePublishers publishers;
  private final Confirmations confirmations;
  private final FrameReader in = new FrameReader();

  PeerMessages(
      ByteBudget budget,
      Peers peers,
      Router router,
      SessionMoves moves,
      RetainedShards retained,
      RemotePublishers publishers,
      Confirmations confirmations) {
    this.budget = budget;
    this.peers = peers;
    this.router = router;
    this.moves = moves;
    this.retained = retained;
    this.publishers = publishers;
    this.confirmations = confirmations;
  }

  @Override
  public void received(int peer, Bytes frame, long nowMillis) {
    switch (in.begin(frame)) {
      case PUBLISH -> router.onPublish(peer, in, nowMillis);
      case ROUTE -> router.onRoute(peer, in, nowMillis);
      case SYNC -> router.routes().onSync(peer, in);
      case SYNCED -> router.routes().onSynced(peer, in, nowMillis);
      case KEEP_UP -> router.onKeepUp(peer, in);
      case KEPT_UP -> router.onKeptUp(in, nowMillis);
      case HOLD -> publishers.onHold(peer, in, nowMillis);
      case HELD -> publishers.onHeld(peer, in, nowMillis);
      case RELEASE -> publishers.onRelease(in);
      case GONE -> publishers.onGone(peer, in);
      case TAKE_OVER -> moves.onTakeOver(peer, in, nowMillis);
      case NO_SESSION -> moves.onNoSession(in, nowMillis);
      case OFFER -> moves.onOffer(in);
      case MOVE -> moves.onMove(peer, in, nowMillis);
      case CUT -> moves.onCut(peer, in, nowMillis);
      case STATE -> moves.onState(in, nowMillis);
      case RETAIN -> retained.onRetain(peer, in, nowMillis);
      case RETAINED -> retained.onRetained(in, nowMillis);
      case FEED_OPEN -> retained.onFeedOpen(peer, in);
      case FEED_SLICE -> retained.onFeedSlice(in, nowMillis);
      case FEED_MORE -> retained.onFeedMore(peer, in);
      case FEED_CLOSE -> retained.onFeedClose(peer, in);
      case LEFT -> router.sharedShards().onLeft(peer, in, nowMillis);
      case TAKE -> router.sharedShards().onTake(peer, in, nowMillis);
      case STORED -> confirmations.onStored(peer, in, nowMillis);
      case SHARED_PUBLISH -> router.sharedShards().onSharedPublish(peer, in, nowMillis);
    }
    budget.refresh(); // no client may have anything to say here
  }

  @Override
  public void room(int peer, long nowMillis) {
    peers.room(peer);
  }
}
