package io.culvert.mqtt.server;

import io.culvert.mqtt.wire.TopicFilter;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Sessions move to the shard of their newest connection, and no message is lost, doubled or
 * overtaken on the way. The new shard asks ({@code TAKE_OVER}); the old one ends the old connection
 * and offers the session's subscriptions ({@code OFFER}). The new one makes them its own and tells
 * all shards ({@code MOVE}). From then on each shard sends the session's messages to both, and says
 * so to both with a {@code CUT} between the last one that only the old shard gets and the first one
 * that both get: the old shard is deaf to what comes behind that, the new one to what comes before
 * it. When all have cut, the old shard sends what the session has ({@code STATE}); behind that the
 * new one puts what it has heard itself, and accepts the CONNECT.
 */
final class SessionMoves {
  private final Sessions sessions;
  private final Router router;
  private final RetainedShards retained;
  private final Peers peers;
  private final ShardPlace place;
  private final Ledger ledger;

  /** By the claim of the CONNECT that waits for it. */
  private final Map<Long, Arrival> arrivals = new HashMap<>();

  /** By the claim that brought them, until all shards have cut: some do so after the state came. */
  private final Map<Long, Newcomer> newcomers = new HashMap<>();

  /** By the claim that ends. */
  private final Map<Long, Departure> departures = new HashMap<>();

  SessionMoves(
      Sessions sessions, Router router, RetainedShards retained, Peers peers, Ledger ledger) {
    this.ledger = ledger;
    this.retained = retained;
    this.sessions = sessions;
    this.router = router;
    this.peers = peers;
    this.place = peers.place();
  }

  // ---- the new shard

  /** Asks the last owner for the session of a CONNECT. */
  void ask(Joining joining, Owner before) {
    arrivals.put(joining.owner().claim(), new Arrival(joining, before));
    peers.send(
        before.shard(),
        new FrameWriter(FrameType.TAKE_OVER)
            .i64(before.claim())
            .i64(joining.owner().claim())
            .flag(joining.cleanStart())
            .text(joining.clientId())
            .done());
  }

  /** Whether a CONNECT has to wait for an earlier one of this shard that waits itself. */
  boolean waits(Joining joining, Owner before) {
    Arrival arrival = arrivals.get(before.claim());
    if (arrival == null) {
      return false;
    }
    long claim = joining.owner().claim();
    Arrival next = new Arrival(joining, before);
    arrivals.put(claim, next); // whoever comes after it, waits for it in turn
    arrival.behind.add(
        now -> {
          arrivals.remove(claim);
          sessions.join(joining, before, now);
          next.behind.forEach(then -> then.accept(now));
        });
    return true;
  }

  void onNoSession(FrameReader in, long nowMillis) {
    finish(arrival(in.i64()), null, nowMillis);
  }

  void onOffer(FrameReader in) {
    Arrival arrival = arrival(in.i64());
    Session session = sessions.create(arrival.joining.clientId());
    session.deafTo = allShards() & ~place.bit();
    if (in.flag()) {
      session.records(SessionRecords.read(in, ledger));
    }
    arrival.session = session;
    newcomers.put(arrival.joining.owner().claim(), new Newcomer(session, session.deafTo));
    for (int left = in.i32(); left > 0; left--) {
      Subscription subscription = in.subscription(session);
      session.put(subscription);
      router.add(subscription);
    }
    peers.sendToAll(
        new FrameWriter(FrameType.MOVE)
            .i32(arrival.before.shard())
            .i64(arrival.before.claim())
            .i64(arrival.joining.owner().claim())
            .done());
  }

  void onState(FrameReader in, long nowMillis) {
    Arrival arrival = arrival(in.i64());
    Session session = arrival.session();
    Outgoing outgoing = session.outgoing();
    List<TopicFilter> unfinished = SessionState.read(in, session, nowMillis);
    if (outgoing.holdsShared() || outgoing.waiting().hasPaged()) {
      outgoing.share(router.shared()); // perhaps of a group that it has left
    }
    for (TopicFilter filter : unfinished) {
      Subscription subscription = session.subscription(filter);
      if (subscription != null) {
        outgoing.feed(retained.feed(subscription), nowMillis); // from the start
      }
    }
    finish(arrival, session, nowMillis); // and perhaps its end, by the next CONNECT
  }

  private void finish(Arrival arrival, @Nullable Session session, long nowMillis) {
    arrivals.remove(arrival.joining.owner().claim());
    sessions.open(arrival.joining, session, nowMillis);
    arrival.behind.forEach(next -> next.accept(nowMillis));
  }

  // ---- the old shard

  void onTakeOver(int peer, FrameReader in, long nowMillis) {
    long before = in.i64();
    long claim = in.i64();
    boolean cleanStart = in.flag();
    String clientId = in.text();
    Arrival arrival = arrivals.get(before);
    if (arrival == null) {
      giveAway(peer, clientId, before, claim, cleanStart, nowMillis);
    } else {
      arrival.behind.add(now -> giveAway(peer, clientId, before, claim, cleanStart, now));
    }
  }

  private void giveAway(
      int peer, String clientId, long before, long claim, boolean cleanStart, long nowMillis) {
    Session session = sessions.takeOver(clientId, before, cleanStart, nowMillis);
    if (session == null) {
      // Perhaps it has just ended one, which shall not come back after a crash.
      ledger.whenStored(
          now -> peers.send(peer, new FrameWriter(FrameType.NO_SESSION).i64(claim).done()),
          nowMillis);
      return;
    }
    sessions.forget(session);
    departures.put(before, new Departure(session, peer, claim));
    FrameWriter offer = new FrameWriter(FrameType.OFFER).i64(claim).flag(session.isDurable());
    SessionRecords records = session.records();
    if (records != null) {
      records.writeTo(offer);
    }
    offer.i32(session.subscriptionCount());
    session.subscriptions().forEach(offer::subscription);
    peers.send(peer, offer.done());
  }

  // ---- all shards

  void onMove(int peer, FrameReader in, long nowMillis) {
    int from = in.i32();
    long before = in.i64();
    long claim = in.i64();
    peers.send(peer, new FrameWriter(FrameType.CUT).i64(claim).done());
    if (from == place.number()) {
      cut(before, place.bit() | 1L << peer, nowMillis);
    } else {
      peers.send(from, new FrameWriter(FrameType.CUT).i64(before).done());
    }
  }

  void onCut(int peer, FrameReader in, long nowMillis) {
    long claim = in.i64();
    long shard = 1L << peer;
    Newcomer newcomer = newcomers.get(claim);
    if (newcomer == null || (newcomer.unheard & shard) == 0) {
      cut(claim, shard, nowMillis);
      return;
    }
    newcomer.session.deafTo &= ~shard;
    newcomer.unheard &= ~shard;
    if (newcomer.unheard == 0) {
      newcomers.remove(claim);
    }
  }

  /** The old shard gets nothing more for the session from these shards. */
  private void cut(long claim, long shards, long nowMillis) {
    Departure departure = departures.get(claim);
    if (departure == null) {
      throw new IllegalStateException("no session leaves with claim " + claim);
    }
    departure.session.deafTo |= shards;
    departure.cut |= shards;
    leave(claim, departure, nowMillis);
  }

  /** Sends the session when all have cut, and all it has published is decided on. */
  private void leave(long claim, Departure departure, long nowMillis) {
    Session session = departure.session;
    if (departure.cut == allShards()
        && session.lateDecisions().isSettled(() -> leave(claim, departure, nowMillis))) {
      departures.remove(claim);
      ledger.flush(); // what this shard has written is before what the new one writes
      FrameWriter state = new FrameWriter(FrameType.STATE).i64(departure.newClaim);
      SessionState.write(session, state);
      peers.send(departure.to, state.done());
      session.subscriptions().forEach(each -> router.remove(each, nowMillis));
      session.clear();
    }
  }

  private long allShards() {
    return -1L >>> (Long.SIZE - place.count());
  }

  private Arrival arrival(long claim) {
    Arrival arrival = arrivals.get(claim);
    if (arrival == null) {
      throw new IllegalStateException("nobody waits with claim " + claim);
    }
    return arrival;
  }

  /** What has to happen when a session has arrived. */
  private interface Next {
    void accept(long nowMillis);
  }

  /** A CONNECT that waits for its session. */
  private static final class Arrival {
    private final Joining joining;
    private final Owner before;
    private final List<Next> behind = new ArrayList<>(0);
    private @Nullable Session session;

    Arrival(Joining joining, Owner before) {
      this.joining = joining;
      this.before = before;
    }

    Session session() {
      if (session == null) {
        throw new IllegalStateException("no session was offered");
      }
      return session;
    }
  }

  /** A session that another shard gets. */
  private static final class Departure {
    private final Session session;
    private final int to;
    private final long newClaim;

    /** Shards that have cut. */
    private long cut;

    Departure(Session session, int to, long newClaim) {
      this.session = session;
      this.to = to;
      this.newClaim = newClaim;
    }
  }

  /** A session that has come from another shard. */
  private static final class Newcomer {
    private final Session session;

    /** Shards that have not cut yet. */
    private long unheard;

    Newcomer(Session session, long unheard) {
      this.session = session;
      this.unheard = unheard;
    }
  }
}
