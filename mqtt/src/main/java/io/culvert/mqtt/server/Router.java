package io.culvert.mqtt.server;

import io.culvert.engine.Bytes;
import io.culvert.mqtt.session.Message;
import io.culvert.mqtt.topic.FanOut;
import io.culvert.mqtt.topic.SharedGroup;
import io.culvert.mqtt.topic.TopicTree;
import io.culvert.mqtt.wire.PacketType;
import io.culvert.mqtt.wire.Publish;
import io.culvert.mqtt.wire.QoS;
import io.culvert.mqtt.wire.ReasonCode;
import io.culvert.mqtt.wire.TopicFilter;
import io.culvert.mqtt.wire.TopicName;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongConsumer;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/** The way of a message: who is subscribed to its topic, and its delivery to them. */
final class Router {
  private static final Bytes SYS = Bytes.utf8("$SYS/");
  private static final Bytes SHARE = Bytes.utf8("$share/");

  /** A subscription with its place in a session, roughly. */
  private static final int SUBSCRIPTION_BYTES = 250;

  /** A level of its filter in the tree. */
  private static final int LEVEL_BYTES = 100;

  /** A payload of so much is not copied before somebody here takes it. */
  private static final int LARGE_BYTES = 1024;

  /** Of the topics that are published to often, so many are found without a search. */
  static final int RECENT_TOPICS = 1024;

  private final Limits limits;
  private final ByteBudget budget;
  private final Counters counters;
  private final Retained retained;
  private final RetainedShards retainedShards;
  private final TopicTree<Subscription> subscriptions;
  private final FanOut<Subscription> fanOut = new FanOut<>();
  private final Targets targets = new Targets();
  private final SharedRouting shared;

  private final Peers peers;
  private final Routes routes;
  private final RemotePublishers remotePublishers;
  private final ReadersElsewhere readersElsewhere;
  private final Ledger ledger;
  private final Confirmations confirmations;
  private final SharedShards sharedShards;
  private final FanOut<Routes.Route> remote = new FanOut<>();
  private int sharedSubscriptions;

  /** What the message that is being published waits for before it is acknowledged. */
  private @Nullable Awaited awaited;

  Router(
      Limits limits,
      ByteBudget budget,
      Counters counters,
      Retained retained,
      RetainedShards retainedShards,
      Peers peers,
      RemotePublishers remotePublishers,
      Ledger ledger,
      Confirmations confirmations,
      LongSupplier random) {
    this.limits = limits;
    this.budget = budget;
    this.counters = counters;
    this.retained = retained;
    this.retainedShards = retainedShards;
    this.subscriptions = new TopicTree<>(Subscription::session, random.getAsLong(), RECENT_TOPICS);
    this.peers = peers;
    this.routes = new Routes(peers.place(), peers, budget.held(), random.getAsLong());
    this.remotePublishers = remotePublishers;
    this.readersElsewhere = new ReadersElsewhere(peers);
    this.ledger = ledger;
    this.confirmations = confirmations;
    this.shared = new SharedRouting(limits, counters, subscriptions, routes);
    this.sharedShards =
        new SharedShards(
            limits.sharedStrategy(),
            shared,
            subscriptions,
            routes,
            peers,
            remotePublishers,
            ledger,
            confirmations,
            counters);
    shared.join(sharedShards);
  }

  // ---- subscriptions

  SharedShards sharedShards() {
    return sharedShards;
  }

  Routes routes() {
    return routes;
  }

  int subscriptionCount() {
    return subscriptions.size();
  }

  /** Those of them that are shared. */
  int sharedSubscriptionCount() {
    return sharedSubscriptions;
  }

  /** Adds it, or replaces that of the same session and filter. */
  void add(Subscription subscription) {
    if (subscriptions.put(subscription.filter(), subscription) == null) { // [MQTT5-3.8.4-3]
      routes.added(subscription);
      sharedSubscriptions += subscription.filter().isShared() ? 1 : 0;
      budget.held().add(heldBytes(subscription.filter()));
    }
    if (subscription.filter().isShared()) {
      shared.joined(subscription);
    }
  }

  /** A session has got its connection, or lost it. */
  void connected(Session session, boolean isConnected) {
    if (!peers.place().isAlone() && session.hasShared()) {
      for (Subscription subscription : session.subscriptions()) {
        if (subscription.filter().isShared()) {
          routes.connected(subscription.filter(), isConnected);
        }
      }
    }
  }

  void remove(Subscription subscription, long nowMillis) {
    TopicFilter filter = subscription.filter();
    // [MQTT5-3.10.4-1], [MQTT5-3.10.4-2]
    if (subscriptions.remove(filter, subscription) == null) {
      return; // it was never added, as while sessions are read
    }
    routes.removed(subscription);
    sharedSubscriptions -= filter.isShared() ? 1 : 0;
    budget.held().add(-heldBytes(filter));
    if (filter.isShared()) {
      shared.membersChanged(filter, nowMillis);
    }
  }

  /** What a place in a tree of subscriptions costs, the filter with it. */
  static int heldBytes(TopicFilter filter) {
    Bytes levels = filter.levels();
    int count = 1;
    for (int i = 0; i < levels.length(); i++) {
      count += levels.get(i) == '/' ? 1 : 0;
    }
    return SUBSCRIPTION_BYTES + 2 * levels.length() + count * LEVEL_BYTES;
  }

  void onRoute(int peer, FrameReader in, long nowMillis) {
    Routes.Route route = routes.onRoute(peer, in);
    if (route.filter().isShared()) {
      shared.membersChanged(route.filter(), nowMillis);
    }
  }

  /** The ways to one member of a group. */
  SharedRouting shared() {
    return shared;
  }

  // ---- publish

  /** Publishes what a client sent, and answers it at QoS 1 and 2. */
  void publish(ServerConnection connection, Publish publish, TopicName topic, long nowMillis) {
    if (!budget.isScarce()) {
      take(connection, publish, topic, nowMillis);
    } else if (!hasMemoryFor(publish, topic)) {
      refuseForMemory(connection, publish);
    } else {
      long elsewhere = publish.qos() == QoS.AT_MOST_ONCE ? 0 : shardsThatMayKeep();
      if (elsewhere == 0) {
        take(connection, publish, topic, nowMillis);
      } else {
        takeIfTheyKeepUp(elsewhere, connection, publish, topic);
      }
    }
  }

  /** There is memory for it. */
  private void take(ServerConnection connection, Publish publish, TopicName topic, long nowMillis) {
    if (!ledger.isReady() && hasToBeStored(connection, publish, topic)) {
      refuse(connection, publish);
      return;
    }
    awaited = null;
    long changes = ledger.changes();
    if (publish.retain() && retainedShards.isElsewhere(topic)) {
      publishRetained(connection, publish, topic, nowMillis);
      return;
    }
    ReasonCode reasonCode = publish(connection.session(), publish, topic, nowMillis);
    if (publish.qos() != QoS.AT_MOST_ONCE) {
      int packetId = publish.packetId();
      if (ledger.changes() == changes && awaited == null) {
        connection.acceptPublish(packetId, reasonCode);
      } else {
        QoS qos = publish.qos();
        whenStored(changes, now -> accept(connection, qos, packetId, reasonCode, now), nowMillis);
      }
    }
  }

  /** All that it has to be stored in is stored, but perhaps that it was received. */
  private void accept(
      ServerConnection connection, QoS qos, int packetId, ReasonCode reasonCode, long nowMillis) {
    long changes = ledger.changes();
    if (!reasonCode.isError()) {
      spreadIsOver(connection.session(), qos, packetId);
    }
    if (ledger.changes() == changes) {
      answer(connection, qos, packetId, reasonCode);
    } else {
      ledger.whenStored(now -> answer(connection, qos, packetId, reasonCode), nowMillis);
    }
  }

  /** Does something when all is stored that has changed since then, here and in other shards. */
  private void whenStored(long changes, LongConsumer action, long nowMillis) {
    Awaited all = awaiting();
    awaited = null;
    if (ledger.changes() != changes) {
      all.more();
      ledger.whenStored(all::done, nowMillis);
    }
    all.then(action, nowMillis);
  }

  private Awaited awaiting() {
    Awaited all = awaited;
    if (all == null) {
      all = new Awaited();
      awaited = all;
    }
    return all;
  }

  /** Whether a message needs the disk, which has no room now or fails. */
  private boolean hasToBeStored(ServerConnection connection, Publish publish, TopicName topic) {
    if (publish.retain() && !publish.payload().isEmpty()) {
      return true;
    }
    if (publish.qos() == QoS.AT_MOST_ONCE) {
      return false;
    }
    Session source = connection.session();
    if (publish.qos() == QoS.EXACTLY_ONCE && source != null && source.isDurable()) {
      return true;
    }
    match(topic);
    if (fanOut.groupCount() + remote.groupCount() > 0) {
      return true;
    }
    for (int i = 0; i < fanOut.size(); i++) {
      Subscription each = fanOut.get(i);
      if (each.session().isDurable() && each.options().qos() != QoS.AT_MOST_ONCE) {
        return true;
      }
    }
    for (int i = 0; i < remote.size(); i++) {
      if (remote.get(i).isDurable()) {
        return true;
      }
    }
    return false;
  }

  /** Where memory is scarce, only what leaves at once for good is taken, and in the end nothing. */
  private boolean hasMemoryFor(Publish publish, TopicName topic) {
    return !budget.isFull()
        && budget.grants(topic.length() + publish.payload().length())
        && (publish.qos() == QoS.AT_MOST_ONCE || allKeepUp(topic));
  }

  /** All in this shard that a message of QoS 1 or 2 would go to keep up. */
  private boolean allKeepUp(TopicName topic) {
    match(topic);
    for (int i = 0; i < fanOut.size(); i++) {
      Subscription subscription = fanOut.get(i);
      if (subscription.options().qos() != QoS.AT_MOST_ONCE
          && !subscription.session().outgoing().keepsUp()) {
        return false;
      }
    }
    for (int i = 0; i < fanOut.groupCount(); i++) {
      if (!shared.keepsUp(fanOut.group(i))) {
        return false;
      }
    }
    return true;
  }

  /** Other shards whose sessions may get the message for whose topic {@link #match} was called. */
  private long shardsThatMayKeep() {
    long shards = 0;
    for (int i = 0; i < remote.size(); i++) {
      shards |= 1L << remote.get(i).peer();
    }
    for (int i = 0; i < remote.groupCount(); i++) {
      shards |= shardsOf(remote.group(i));
    }
    return shards;
  }

  /** Those that have members of a group. */
  private static long shardsOf(SharedGroup<Routes.Route> group) {
    long shards = 0;
    for (int member = 0; member < group.size(); member++) {
      shards |= 1L << group.get(member).subscription().peer();
    }
    return shards;
  }

  /** Takes it when those shards have said that all keep up; until then its client is not read. */
  private void takeIfTheyKeepUp(
      long shards, ServerConnection connection, Publish borrowed, TopicName borrowedTopic) {
    TopicName topic = borrowedTopic.copy();
    Publish publish =
        new Publish(
            topic,
            borrowed.payload().copy(),
            borrowed.qos(),
            borrowed.retain(),
            borrowed.dup(),
            borrowed.packetId(),
            borrowed.properties().copy());
    Hold hold = new Hold();
    boolean isHeld = connection.publisher().holdShortly(hold);
    readersElsewhere.ask(
        shards,
        topic,
        (keepUp, nowMillis) -> {
          if (isHeld && !hold.isOver) {
            connection.publisher().release();
          }
          if (keepUp) {
            take(connection, publish, topic, nowMillis);
          } else {
            refuseForMemory(connection, publish);
          }
        });
  }

  void onKeepUp(int peer, FrameReader in) {
    readersElsewhere.onKeepUp(peer, in, this::allKeepUp);
  }

  void onKeptUp(FrameReader in, long nowMillis) {
    readersElsewhere.onKeptUp(in, nowMillis);
  }

  private void refuseForMemory(ServerConnection connection, Publish publish) {
    counters.countRefusedForMemory(MemoryRefusal.MESSAGE);
    refuse(connection, publish);
  }

  /**
   * An MQTT 5 client is told, and may try again. An older one knows no such answer: it keeps what
   * it has not got an acknowledgement for, and sends that again when it has connected anew.
   */
  private void refuse(ServerConnection connection, Publish publish) {
    counters.countReceived(publish.qos(), publish.payload().length());
    counters.countRefusedPublish(ReasonCode.QUOTA_EXCEEDED);
    if (publish.qos() != QoS.AT_MOST_ONCE && !connection.version().isMqtt5()) {
      connection.disconnect(ReasonCode.QUOTA_EXCEEDED, DisconnectCause.SERVER_DISCONNECT);
    }
    answer(connection, publish.qos(), publish.packetId(), ReasonCode.QUOTA_EXCEEDED);
  }

  private static void answer(
      ServerConnection connection, QoS qos, int packetId, ReasonCode reasonCode) {
    if (qos != QoS.AT_MOST_ONCE) {
      connection.acceptPublish(packetId, reasonCode);
    }
  }

  /**
   * As {@link #publish}, where another shard retains the message: it is acknowledged when that is
   * done. If there may be no room for it, the publisher waits for the answer, because then the
   * message goes to nobody.
   */
  private void publishRetained(
      ServerConnection connection, Publish publish, TopicName topic, long nowMillis) {
    counters.countReceived(publish.qos(), publish.payload().length());
    int packetId = publish.packetId();
    long changes = ledger.changes();
    ReasonCode refusal =
        refusal(
            connection.session(),
            topic,
            publish.qos(),
            true,
            publish.payload().length(),
            nowMillis);
    if (refusal != ReasonCode.SUCCESS) {
      counters.countRefusedPublish(refusal);
      answer(connection, publish.qos(), packetId, refusal);
      return;
    }
    Message message = Message.of(publish, topic, nowMillis);
    if (retained.hasRoomForNew(topic, publish.payload().length())) {
      match(topic);
      Spread spread = received(connection.session(), publish.qos(), packetId, true);
      ledger.spread(spread, message);
      ReasonCode reached = deliver(connection.session(), message, nowMillis);
      end(spread);
      Awaited all = awaiting();
      all.more();
      boolean[] isRetained = {false};
      retainedShards.storeElsewhere(
          message,
          connection.publisher(),
          (isStored, now) -> {
            isRetained[0] = isStored;
            all.done(now);
          });
      whenStored(
          changes,
          now ->
              accept(
                  connection,
                  message.qos(),
                  packetId,
                  isRetained[0] ? reached : ReasonCode.QUOTA_EXCEEDED,
                  now),
          nowMillis);
      return;
    }
    Hold hold = new Hold();
    boolean isHeld = connection.publisher().holdShortly(hold);
    retainedShards.storeElsewhere(
        message,
        connection.publisher(),
        (isStored, now) -> {
          if (isHeld && !hold.isOver) {
            connection.publisher().release();
          }
          if (!isStored) {
            counters.countRefusedPublish(ReasonCode.QUOTA_EXCEEDED);
            answer(connection, message.qos(), packetId, ReasonCode.QUOTA_EXCEEDED);
            return;
          }
          awaited = null;
          long before = ledger.changes();
          match(message.topic());
          Spread spread = received(connection.session(), message.qos(), packetId, true);
          ledger.spread(spread, message);
          ReasonCode reached = deliver(connection.session(), message, now);
          end(spread);
          whenStored(
              before, then -> accept(connection, message.qos(), packetId, reached, then), now);
        });
  }

  /**
   * Publishes what a client sent. Topic, payload and properties may be borrowed.
   *
   * @return what PUBACK or PUBREC says
   */
  ReasonCode publish(@Nullable Session source, Publish publish, TopicName topic, long nowMillis) {
    counters.countReceived(publish.qos(), publish.payload().length());
    ReasonCode refusal =
        refusal(
            source, topic, publish.qos(), publish.retain(), publish.payload().length(), nowMillis);
    if (refusal != ReasonCode.SUCCESS) {
      counters.countRefusedPublish(refusal);
      return refusal;
    }
    match(topic);
    Spread spread = received(source, publish.qos(), publish.packetId(), false);
    if (isForNobody() && !publish.retain()) {
      return ReasonCode.NO_MATCHING_SUBSCRIBERS;
    }
    if (spread == null && isOnlyPassing(publish)) {
      return pass(source, Message.borrowed(publish, topic, nowMillis), nowMillis);
    }
    Message message = Message.of(publish, topic, nowMillis);
    ledger.spread(spread, message);
    ReasonCode reached = route(source, message, nowMillis);
    end(spread);
    return reached;
  }

  /**
   * Publishes a message that owns its bytes: a Will, or one of the server's own.
   *
   * @return what PUBACK would say
   */
  ReasonCode publish(@Nullable Session source, Message message, long nowMillis) {
    ReasonCode refusal =
        refusal(
            source,
            message.topic(),
            message.qos(),
            message.retain(),
            message.payload().length(),
            nowMillis);
    if (refusal != ReasonCode.SUCCESS) {
      counters.countRefusedPublish(refusal);
      return refusal;
    }
    match(message.topic());
    return route(source, message, nowMillis);
  }

  /**
   * A repetition of this message is known as one, also after a crash: from now on, or where other
   * shards have to store it, when they have.
   *
   * @return how it comes to the other shards, or null where that need not be known
   */
  private @Nullable Spread received(
      @Nullable Session source, QoS qos, int packetId, boolean isSpread) {
    SessionRecords records = source == null ? null : source.records();
    if (records == null || qos != QoS.EXACTLY_ONCE) {
      return null;
    }
    long shards = 0;
    for (int i = 0; i < remote.size(); i++) {
      shards |= remote.get(i).isDurable() ? 1L << remote.get(i).peer() : 0;
    }
    List<Long> parts = remote.groupCount() == 0 ? List.of() : new ArrayList<>();
    for (int i = 0; i < remote.groupCount(); i++) {
      parts.add(Spread.numberOf(remote.group(i).filter()));
      shards |= shardsOf(remote.group(i));
    }
    if (shards == 0 && !isSpread && !records.isSpreading(packetId)) {
      records.received(packetId);
      return null;
    }
    return records.spread(packetId, shards | peers.place().bit(), parts);
  }

  private void end(@Nullable Spread spread) {
    ledger.spreadIsOver();
    if (spread != null) {
      awaiting(); // at the least its end is still to be stored
      spread.put(ledger, peers.place().number(), 0);
    }
  }

  /** All shards have stored it, and nobody else may still get it. */
  private void spreadIsOver(@Nullable Session source, QoS qos, int packetId) {
    SessionRecords records = source == null ? null : source.records();
    if (records != null && qos == QoS.EXACTLY_ONCE && records.isSpreading(packetId)) {
      records.received(packetId);
    }
  }

  /** Publishes what the server says of itself, which no limit refuses. */
  void publishSys(Message message, long nowMillis) {
    match(message.topic());
    route(null, message, nowMillis);
  }

  /** Whether it is a topic of the server itself (section 4.7.2). */
  static boolean isSys(TopicName topic) {
    return topic.startsWithDollar() && topic.utf8().startsWith(SYS);
  }

  private void match(TopicName topic) {
    fanOut.clear(); // what a failed publish may have left is for nobody else
    subscriptions.match(topic, fanOut);
    remote.clear();
    if (!routes.isEmpty()) {
      routes.match(topic, remote);
    }
  }

  private boolean isForNobody() {
    return fanOut.size() + fanOut.groupCount() + remote.size() + remote.groupCount() == 0;
  }

  private ReasonCode refusal(
      @Nullable Session source,
      TopicName topic,
      QoS qos,
      boolean retain,
      int payloadBytes,
      long nowMillis) {
    if (topic.startsWithDollar() && (isSys(topic) || topic.utf8().startsWith(SHARE))) {
      return ReasonCode.NOT_AUTHORIZED; // the server's own topics (section 4.7.2)
    }
    if (source != null) {
      ReasonCode answer =
          Permissions.in(PacketType.PUBACK, source.permissions().publish(topic, qos, retain));
      if (answer != ReasonCode.SUCCESS) {
        source.denied("publish", topic, nowMillis);
        return answer;
      }
    }
    if (!SubscribeChecks.fits(topic.utf8(), limits)) {
      return ReasonCode.TOPIC_NAME_INVALID;
    }
    if (retain && !retainedShards.isElsewhere(topic) && !retained.hasRoomFor(topic, payloadBytes)) {
      counters.countRetainedRefused();
      if (budget.isHigh()) {
        counters.countRefusedForMemory(MemoryRefusal.RETAINED_MESSAGE);
      }
      return ReasonCode.QUOTA_EXCEEDED;
    }
    return ReasonCode.SUCCESS;
  }

  /** Hands a message to the sessions that {@link #fanOut} holds. */
  private ReasonCode route(@Nullable Session source, Message message, long nowMillis) {
    if (message.retain()) { // [MQTT5-3.3.1-8]
      retainedShards.store(message);
    }
    return deliver(source, message, nowMillis);
  }

  /** It is large, and nobody here can keep it for later but those who are sent it now. */
  private boolean isOnlyPassing(Publish publish) {
    return publish.payload().length() >= LARGE_BYTES
        && !publish.retain()
        && fanOut.groupCount() + remote.groupCount() == 0
        && (publish.qos() == QoS.AT_MOST_ONCE || fanOut.size() == 0);
  }

  /** As {@link #deliver} where it is only passing: it is copied once somebody here takes it. */
  private ReasonCode pass(@Nullable Session source, Message borrowed, long nowMillis) {
    LocalPublisher publisher = source == null ? null : source.publisher();
    int reached = deliver(source, borrowed, true, peers.place().bit(), null, nowMillis);
    reached += forward(borrowed, publisher);
    return delivered(borrowed, publisher, reached);
  }

  private ReasonCode deliver(@Nullable Session source, Message message, long nowMillis) {
    if (message.retain()) {
      retainedShards.changed(message);
    }
    LocalPublisher publisher = source == null ? null : source.publisher();
    Publisher toSlowDown = message.qos() == QoS.AT_MOST_ONCE ? null : publisher;
    int reached = deliver(source, message, false, peers.place().bit(), toSlowDown, nowMillis);
    Spread spread = ledger.spread(message);
    for (int i = 0; i < remote.groupCount(); i++) {
      if (spread != null && spread.isDone(Spread.numberOf(remote.group(i).filter()))) {
        reached++;
        continue;
      }
      Awaited stored = ledger.isDurable() && message.qos() != QoS.AT_MOST_ONCE ? awaiting() : null;
      sharedShards.deliver(remote.group(i), message, source, publisher, stored, nowMillis);
      reached++;
    }
    for (int i = 0; i < fanOut.groupCount(); i++) {
      SharedGroup<Subscription> group = fanOut.group(i);
      boolean isDone = spread != null && spread.isDone(Spread.numberOf(group.filter()));
      if (!isDone && (remote.groupCount() == 0 || routes.group(group.filter()) == null)) {
        shared.deliver(group, message, shared.key(source), toSlowDown, nowMillis);
      }
      reached++;
    }
    reached += forward(message, publisher);
    return delivered(message, publisher, reached);
  }

  private ReasonCode delivered(Message message, @Nullable LocalPublisher publisher, int reached) {
    fanOut.clear();
    remote.clear();
    if (publisher != null) {
      publisher.fannedOutBytes += (long) reached * message.payload().length();
    }
    return reached == 0 ? ReasonCode.NO_MATCHING_SUBSCRIBERS : ReasonCode.SUCCESS;
  }

  /** Delivers to the plain subscriptions that {@link #fanOut} holds; gives their sessions. */
  private int deliver(
      @Nullable Session source,
      Message message,
      boolean isBorrowed,
      long origin,
      @Nullable Publisher toSlowDown,
      long nowMillis) {
    targets.clear();
    for (int i = 0; i < fanOut.size(); i++) {
      Subscription subscription = fanOut.get(i);
      if (subscription.session() != source
          || !subscription.options().noLocal()) { // [MQTT5-3.8.3-3]
        targets.add(subscription, message, origin);
      }
    }
    counters.countDropped(DropReason.NOT_PERMITTED, targets.notPermitted());
    ledger.forSeveral(targets.size() > 1);
    targets.deliver(message, isBorrowed, toSlowDown, nowMillis);
    return targets.size();
  }

  // ---- other shards

  /** A connection that was accepted has ended. */
  void forget(ServerConnection connection) {
    if (!peers.place().isAlone()) {
      remotePublishers.forget(connection.publisher());
    }
  }

  /** Sends a message to the shards that have plain subscriptions for it; gives their number. */
  private int forward(Message message, @Nullable LocalPublisher publisher) {
    long shards = 0;
    long durable = 0;
    for (int i = 0; i < remote.size(); i++) {
      long shard = 1L << remote.get(i).peer();
      shards |= shard;
      durable |= remote.get(i).isDurable() ? shard : 0;
    }
    if (shards == 0) {
      return 0;
    }
    if (message.qos() == QoS.AT_MOST_ONCE) {
      durable = 0;
    }
    forward(message, publisher, shards & ~durable, false);
    forward(message, publisher, durable, true);
    return Long.bitCount(shards);
  }

  private void forward(
      Message message, @Nullable LocalPublisher publisher, long shards, boolean isAsked) {
    if (shards == 0) {
      return;
    }
    int name = message.qos() == QoS.AT_MOST_ONCE ? 0 : remotePublishers.nameOf(publisher);
    Bytes frame =
        spreadOf(
                message,
                new FrameWriter(FrameType.PUBLISH, FrameWriter.bytesOf(message)).flag(isAsked))
            .i32(name)
            .message(message)
            .done();
    for (long left = shards; left != 0; left &= left - 1) {
      int peer = Long.numberOfTrailingZeros(left);
      if (isAsked) {
        confirmations.expect(peer, awaiting());
      }
      peers.send(peer, frame);
      peers.slowDown(peer, publisher);
    }
  }

  private FrameWriter spreadOf(Message message, FrameWriter frame) {
    Spread.write(ledger.spread(message), frame);
    return frame;
  }

  /** A message from another shard, for the plain subscriptions of this one. */
  void onPublish(int peer, FrameReader in, long nowMillis) {
    Confirmations.Receipt receipt = in.flag() ? confirmations.received(peer) : null;
    long changes = ledger.changes();
    Spread spread = Spread.readIfAny(in);
    int name = in.i32();
    Message message = in.message();
    Publisher toSlowDown = remotePublishers.incoming(peer, name);
    if (message.retain()) {
      retainedShards.changed(message);
    }
    fanOut.clear();
    subscriptions.match(message.topic(), fanOut);
    ledger.spread(spread, message);
    deliver(null, message, false, 1L << peer, toSlowDown, nowMillis);
    ledger.spreadIsOver();
    if (spread != null) {
      spread.put(ledger, peers.place().number(), 0);
    }
    fanOut.clear();
    if (receipt != null && ledger.changes() != changes) {
      ledger.whenStored(now -> receipt.done(), nowMillis);
    } else if (receipt != null) {
      receipt.done();
    }
  }

  /** A publisher waits for another shard. */
  private static final class Hold implements Holder {
    private boolean isOver;

    @Override
    public void expired(long nowMillis) {
      throw new IllegalStateException("no deadline was given");
    }

    @Override
    public void forget(Publisher publisher) {
      isOver = true;
    }
  }
}
