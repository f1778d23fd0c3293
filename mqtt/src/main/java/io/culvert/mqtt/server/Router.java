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
  private final SharedShards sharedShards;
  private final FanOut<Routes.Route> remote = new FanOut<>();
  private int sharedSubscriptions;

  Router(
      Limits limits,
      ByteBudget budget,
      Counters counters,
      Retained retained,
      RetainedShards retainedShards,
      Peers peers,
      RemotePublishers remotePublishers,
      LongSupplier random) {
    this.limits = limits;
    this.budget = budget;
    this.counters = counters;
    this.retained = retained;
    this.retainedShards = retainedShards;
    this.subscriptions = new TopicTree<>(Subscription::session, random.getAsLong());
    this.peers = peers;
    this.routes = new Routes(peers.place(), peers, random.getAsLong());
    this.remotePublishers = remotePublishers;
    this.shared = new SharedRouting(limits, counters, subscriptions, routes);
    this.sharedShards =
        new SharedShards(
            limits.sharedStrategy(), shared, subscriptions, routes, peers, remotePublishers);
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
      routes.added(subscription.filter(), subscription.session().isConnected());
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
    if (subscriptions.remove(filter, subscription) != null) {
      routes.removed(filter, subscription.session().isConnected());
      sharedSubscriptions -= filter.isShared() ? 1 : 0;
      budget.held().add(-heldBytes(filter));
    }
    if (filter.isShared()) {
      shared.membersChanged(filter, nowMillis);
    }
  }

  private static int heldBytes(TopicFilter filter) {
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
    if (budget.isScarce() && !hasMemoryFor(publish.qos(), topic)) {
      refuseForMemory(connection, publish);
      return;
    }
    if (publish.retain() && retainedShards.isElsewhere(topic)) {
      publishRetained(connection, publish, topic, nowMillis);
      return;
    }
    ReasonCode reasonCode = publish(connection.session(), publish, topic, nowMillis);
    answer(connection, publish.qos(), publish.packetId(), reasonCode);
  }

  /** Where memory is scarce, only what leaves at once for good is taken, and in the end nothing. */
  private boolean hasMemoryFor(QoS qos, TopicName topic) {
    if (budget.isFull()) {
      return false;
    }
    if (qos == QoS.AT_MOST_ONCE) {
      return true;
    }
    match(topic);
    for (int i = 0; i < fanOut.size(); i++) {
      Subscription subscription = fanOut.get(i);
      if (subscription.options().qos() != QoS.AT_MOST_ONCE
          && !subscription.session().isCaughtUp()) {
        return false;
      }
    }
    return true;
  }

  /**
   * An MQTT 5 client is told, and may try again. An older one knows no such answer: it keeps what
   * it has not got an acknowledgement for, and sends that again when it has connected anew.
   */
  private void refuseForMemory(ServerConnection connection, Publish publish) {
    counters.countReceived(publish.qos(), publish.payload().length());
    counters.countRefusedPublish(ReasonCode.QUOTA_EXCEEDED);
    counters.countRefusedForMemory(MemoryRefusal.MESSAGE);
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
      ReasonCode reached = deliver(connection.session(), message, nowMillis);
      retainedShards.storeElsewhere(
          message,
          (isStored, now) ->
              answer(
                  connection,
                  message.qos(),
                  packetId,
                  isStored ? reached : ReasonCode.QUOTA_EXCEEDED));
      return;
    }
    Hold hold = new Hold();
    connection.publisher().holdShortly(hold);
    retainedShards.storeElsewhere(
        message,
        (isStored, now) -> {
          if (!hold.isOver) {
            connection.publisher().release();
          }
          ReasonCode reasonCode = ReasonCode.QUOTA_EXCEEDED;
          if (!isStored) {
            counters.countRefusedPublish(reasonCode);
          } else {
            match(message.topic());
            reasonCode = deliver(connection.session(), message, now);
          }
          answer(connection, message.qos(), packetId, reasonCode);
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
    if (isForNobody() && !publish.retain()) {
      return ReasonCode.NO_MATCHING_SUBSCRIBERS;
    }
    return route(source, Message.of(publish, topic, nowMillis), nowMillis);
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
      if (budget.isScarce()) {
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

  private ReasonCode deliver(@Nullable Session source, Message message, long nowMillis) {
    if (message.retain()) {
      retainedShards.changed(message);
    }
    LocalPublisher publisher = source == null ? null : source.publisher();
    Publisher toSlowDown = message.qos() == QoS.AT_MOST_ONCE ? null : publisher;
    int reached = deliver(source, message, peers.place().bit(), toSlowDown, nowMillis);
    for (int i = 0; i < remote.groupCount(); i++) {
      sharedShards.deliver(remote.group(i), message, source, publisher, nowMillis);
      reached++;
    }
    for (int i = 0; i < fanOut.groupCount(); i++) {
      SharedGroup<Subscription> group = fanOut.group(i);
      if (remote.groupCount() == 0 || routes.group(group.filter()) == null) {
        shared.deliver(group, message, shared.key(source), toSlowDown, nowMillis);
      }
      reached++;
    }
    reached += forward(message, publisher);
    fanOut.clear();
    remote.clear();
    return reached == 0 ? ReasonCode.NO_MATCHING_SUBSCRIBERS : ReasonCode.SUCCESS;
  }

  /** Delivers to the plain subscriptions that {@link #fanOut} holds; gives their sessions. */
  private int deliver(
      @Nullable Session source,
      Message message,
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
    targets.deliver(message, toSlowDown, nowMillis);
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
    for (int i = 0; i < remote.size(); i++) {
      shards |= 1L << remote.get(i).peer();
    }
    if (shards == 0) {
      return 0;
    }
    int name = message.qos() == QoS.AT_MOST_ONCE ? 0 : remotePublishers.nameOf(publisher);
    Bytes frame =
        new FrameWriter(FrameType.PUBLISH, FrameWriter.bytesOf(message))
            .i32(name)
            .message(message)
            .done();
    for (long left = shards; left != 0; left &= left - 1) {
      int peer = Long.numberOfTrailingZeros(left);
      peers.send(peer, frame);
      peers.slowDown(peer, publisher);
    }
    return Long.bitCount(shards);
  }

  /** A message from another shard, for the plain subscriptions of this one. */
  void onPublish(int peer, FrameReader in, long nowMillis) {
    int name = in.i32();
    Message message = in.message();
    Publisher toSlowDown = remotePublishers.incoming(peer, name);
    if (message.retain()) {
      retainedShards.changed(message);
    }
    fanOut.clear();
    subscriptions.match(message.topic(), fanOut);
    deliver(null, message, 1L << peer, toSlowDown, nowMillis);
    fanOut.clear();
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
