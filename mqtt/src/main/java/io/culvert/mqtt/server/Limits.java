package io.culvert.mqtt.server;

import io.culvert.mqtt.wire.MqttVersion;
import io.culvert.mqtt.wire.QoS;
import java.util.EnumSet;
import java.util.Set;

/**
 * Every bound of the protocol core, and what the server offers. Immutable; made by {@link
 * #builder()}.
 */
public final class Limits {
  /** The bounds without any setting. */
  public static final Limits DEFAULT = builder().build();

  private final Builder values;

  private Limits(Builder values) {
    this.values = new Builder(values);
  }

  public static Builder builder() {
    return new Builder();
  }

  /** A builder that begins with these. */
  public Builder toBuilder() {
    return new Builder(values);
  }

  /** The largest packet that is taken, in bytes; a larger one is refused on its fixed header. */
  public long maximumPacketSizeBytes() {
    return values.maximumPacketSizeBytes;
  }

  /** How many QoS 1 and 2 messages a client may have unacknowledged, 1…65 535. */
  public int receiveMaximum() {
    return values.receiveMaximum;
  }

  /** How many QoS 1 and 2 messages may be unacknowledged towards a client, 1…65 535. */
  public int inFlight() {
    return values.inFlight;
  }

  /** How many messages may wait for one session. */
  public int queueMessages() {
    return values.queueMessages;
  }

  /** How many bytes the waiting messages of one session may hold. */
  public long queueBytes() {
    return values.queueBytes;
  }

  /**
   * How long a publisher is held up while the queue of a connected session is more than half full;
   * ten times as long while that session takes messages; 0 never holds one up. A session that is
   * still as full then holds nobody up until it has drained.
   */
  public long holdPublisherMillis() {
    return values.holdPublisherMillis;
  }

  /** How much may wait in a connection's outbox before QoS 0 is dropped and QoS 1 and 2 wait. */
  public long outboxBytes() {
    return values.outboxBytes;
  }

  /** How many subscriptions a session may have. */
  public int subscriptionsPerSession() {
    return values.subscriptionsPerSession;
  }

  /** How many filters of one SUBSCRIBE are looked at; those behind them are refused. */
  public int filtersPerSubscribe() {
    return values.filtersPerSubscribe;
  }

  /** How many packets other than acknowledgements a client may send in a second; 0 for any. */
  public long messagesPerSecond() {
    return values.messagesPerSecond;
  }

  /** How many bytes a client may send in a second; 0 for any. */
  public long bytesPerSecond() {
    return values.bytesPerSecond;
  }

  /** How many bytes a Topic Name or Topic Filter may have, 1…65 535. */
  public int topicBytes() {
    return values.topicBytes;
  }

  /** How many levels a Topic Name or Topic Filter may have. */
  public int topicLevels() {
    return values.topicLevels;
  }

  /** How many sessions there may be, connected or not. */
  public int sessions() {
    return values.sessions;
  }

  /** How many retained messages there may be. */
  public int retainedMessages() {
    return values.retainedMessages;
  }

  /** How many bytes the retained messages may hold. */
  public long retainedBytes() {
    return values.retainedBytes;
  }

  /** How much memory the clients of all shards may make the node hold, in bytes. */
  public long nodeBytes() {
    return values.nodeBytes;
  }

  /** How many User Properties a packet, or the Will in it, may have. */
  public int userProperties() {
    return values.userProperties;
  }

  /**
   * The longest time that a Will may be delayed: a CONNECT whose Will would be published later is
   * refused. 4 294 967 295 for any.
   */
  public long willDelaySeconds() {
    return values.willDelaySeconds;
  }

  /** The longest Session Expiry Interval that is granted, 0…4 294 967 295 (never). */
  public long sessionExpirySeconds() {
    return values.sessionExpirySeconds;
  }

  /** How many Topic Aliases a client may use, 0…65 535. */
  public int topicAliasMaximum() {
    return values.topicAliasMaximum;
  }

  /** How much the unfinished packets of all that are not let in yet may hold. */
  public long connectingBytes() {
    return values.connectingBytes;
  }

  /** How many Topic Aliases the server uses towards a client that takes as many, 0…65 535. */
  public int outboundTopicAliasMaximum() {
    return values.outboundTopicAliasMaximum;
  }

  /** How long a connection may stay without CONNECT. */
  public long connectTimeoutMillis() {
    return values.connectTimeoutMillis;
  }

  /** The longest Keep Alive that is granted; 0 grants any, also none. */
  public int keepAliveSeconds() {
    return values.keepAliveSeconds;
  }

  public QoS maximumQos() {
    return values.maximumQos;
  }

  public boolean retainAvailable() {
    return values.retainAvailable;
  }

  public boolean wildcardAvailable() {
    return values.wildcardAvailable;
  }

  public boolean sharedAvailable() {
    return values.sharedAvailable;
  }

  /** Who of a shared subscription's members gets the next message. */
  public SharedStrategy sharedStrategy() {
    return values.sharedStrategy;
  }

  public boolean subscriptionIdentifiersAvailable() {
    return values.subscriptionIdentifiersAvailable;
  }

  /** Whether an empty Client Identifier gets one assigned. */
  public boolean emptyClientIdAllowed() {
    return values.emptyClientIdAllowed;
  }

  /**
   * What CONNACK says to a client that asks for Response Information, with {@code %c} for its
   * Client Identifier; empty says nothing.
   */
  public String responseInformation() {
    return values.responseInformation;
  }

  /** Where clients should go when this server stops, section 4.11; empty names none. */
  public String serverReference() {
    return values.serverReference;
  }

  public Set<MqttVersion> versions() {
    return EnumSet.copyOf(values.versions);
  }

  boolean accepts(MqttVersion version) {
    return values.versions.contains(version);
  }

  /** Collects values; each has a default. */
  public static final class Builder {
    /** No rate is higher: a thousand times this is still a number. */
    private static final long FASTEST = 1L << 40;

    /** No node has so much memory, and a hundred times this is still a number. */
    private static final long LARGEST_BUDGET = 1L << 50;

    private long maximumPacketSizeBytes = 2 * 1024 * 1024;
    private int receiveMaximum = 1024;
    private int inFlight = 1024;
    private int queueMessages = 1000;
    private long queueBytes = 8 * 1024 * 1024;
    private long holdPublisherMillis = 1000;
    private long outboxBytes = 1024 * 1024;
    private int subscriptionsPerSession = 10_000;
    private int filtersPerSubscribe = 1000;
    private long nodeBytes = LARGEST_BUDGET;
    private int userProperties = 64;
    private long willDelaySeconds = 7 * 24 * 3600;
    private long messagesPerSecond;
    private long bytesPerSecond;
    private int topicBytes = 65_535;
    private int topicLevels = 128;
    private int sessions = 1_000_000;
    private int retainedMessages = 1_000_000;
    private long retainedBytes = 320L * 1024 * 1024;
    private long sessionExpirySeconds = 7 * 24 * 3600;
    private int topicAliasMaximum = 16;
    private long connectingBytes = 8 * 1024 * 1024;
    private int outboundTopicAliasMaximum = 16;
    private long connectTimeoutMillis = 10_000;
    private int keepAliveSeconds;
    private QoS maximumQos = QoS.EXACTLY_ONCE;
    private boolean retainAvailable = true;
    private boolean wildcardAvailable = true;
    private boolean sharedAvailable = true;
    private SharedStrategy sharedStrategy = SharedStrategy.ROUND_ROBIN;
    private boolean subscriptionIdentifiersAvailable = true;
    private boolean emptyClientIdAllowed = true;
    private String responseInformation = "";
    private String serverReference = "";
    private Set<MqttVersion> versions = EnumSet.allOf(MqttVersion.class);

    private Builder() {}

    private Builder(Builder from) {
      maximumPacketSizeBytes = from.maximumPacketSizeBytes;
      receiveMaximum = from.receiveMaximum;
      inFlight = from.inFlight;
      queueMessages = from.queueMessages;
      queueBytes = from.queueBytes;
      holdPublisherMillis = from.holdPublisherMillis;
      outboxBytes = from.outboxBytes;
      subscriptionsPerSession = from.subscriptionsPerSession;
      filtersPerSubscribe = from.filtersPerSubscribe;
      nodeBytes = from.nodeBytes;
      userProperties = from.userProperties;
      willDelaySeconds = from.willDelaySeconds;
      messagesPerSecond = from.messagesPerSecond;
      bytesPerSecond = from.bytesPerSecond;
      topicBytes = from.topicBytes;
      topicLevels = from.topicLevels;
      sessions = from.sessions;
      retainedMessages = from.retainedMessages;
      retainedBytes = from.retainedBytes;
      sessionExpirySeconds = from.sessionExpirySeconds;
      topicAliasMaximum = from.topicAliasMaximum;
      connectingBytes = from.connectingBytes;
      outboundTopicAliasMaximum = from.outboundTopicAliasMaximum;
      connectTimeoutMillis = from.connectTimeoutMillis;
      keepAliveSeconds = from.keepAliveSeconds;
      maximumQos = from.maximumQos;
      retainAvailable = from.retainAvailable;
      wildcardAvailable = from.wildcardAvailable;
      sharedAvailable = from.sharedAvailable;
      sharedStrategy = from.sharedStrategy;
      subscriptionIdentifiersAvailable = from.subscriptionIdentifiersAvailable;
      emptyClientIdAllowed = from.emptyClientIdAllowed;
      responseInformation = from.responseInformation;
      serverReference = from.serverReference;
      versions = EnumSet.copyOf(from.versions);
    }

    public Builder maximumPacketSizeBytes(long bytes) {
      maximumPacketSizeBytes = inRange("maximum packet size", bytes, 16, 268_435_460);
      return this;
    }

    public Builder receiveMaximum(int messages) {
      receiveMaximum = inRange("receive maximum", messages, 1, 65_535);
      return this;
    }

    public Builder inFlight(int messages) {
      inFlight = inRange("in flight", messages, 1, 65_535);
      return this;
    }

    public Builder queueMessages(int messages) {
      queueMessages = inRange("queue messages", messages, 0, Integer.MAX_VALUE);
      return this;
    }

    public Builder queueBytes(long bytes) {
      queueBytes = inRange("queue bytes", bytes, 0, Long.MAX_VALUE);
      return this;
    }

    public Builder holdPublisherMillis(long millis) {
      holdPublisherMillis = inRange("hold publisher", millis, 0, 60_000);
      return this;
    }

    public Builder outboxBytes(long bytes) {
      outboxBytes = inRange("outbox bytes", bytes, 1, Long.MAX_VALUE);
      return this;
    }

    public Builder subscriptionsPerSession(int subscriptions) {
      subscriptionsPerSession =
          inRange("subscriptions per session", subscriptions, 1, Integer.MAX_VALUE);
      return this;
    }

    public Builder filtersPerSubscribe(int filters) {
      filtersPerSubscribe = inRange("filters per subscribe", filters, 1, Integer.MAX_VALUE);
      return this;
    }

    public Builder nodeBytes(long bytes) {
      nodeBytes = inRange("node bytes", bytes, 1, LARGEST_BUDGET);
      return this;
    }

    public Builder userProperties(int properties) {
      userProperties = inRange("user properties", properties, 0, Integer.MAX_VALUE);
      return this;
    }

    public Builder willDelaySeconds(long seconds) {
      willDelaySeconds = inRange("will delay", seconds, 0, Session.NEVER_SECONDS);
      return this;
    }

    public Builder messagesPerSecond(long messages) {
      messagesPerSecond = inRange("messages per second", messages, 0, FASTEST);
      return this;
    }

    public Builder bytesPerSecond(long bytes) {
      bytesPerSecond = inRange("bytes per second", bytes, 0, FASTEST);
      return this;
    }

    public Builder topicBytes(int bytes) {
      topicBytes = inRange("topic bytes", bytes, 1, 65_535);
      return this;
    }

    public Builder topicLevels(int levels) {
      topicLevels = inRange("topic levels", levels, 1, 65_536);
      return this;
    }

    public Builder sessions(int count) {
      sessions = inRange("sessions", count, 1, Integer.MAX_VALUE);
      return this;
    }

    public Builder retainedMessages(int messages) {
      retainedMessages = inRange("retained messages", messages, 0, Integer.MAX_VALUE);
      return this;
    }

    public Builder retainedBytes(long bytes) {
      retainedBytes = inRange("retained bytes", bytes, 0, Long.MAX_VALUE);
      return this;
    }

    public Builder sessionExpirySeconds(long seconds) {
      sessionExpirySeconds = inRange("session expiry", seconds, 0, 0xffff_ffffL);
      return this;
    }

    public Builder topicAliasMaximum(int aliases) {
      topicAliasMaximum = inRange("topic alias maximum", aliases, 0, 65_535);
      return this;
    }

    public Builder connectingBytes(long bytes) {
      connectingBytes = inRange("connecting bytes", bytes, 0, Long.MAX_VALUE);
      return this;
    }

    public Builder outboundTopicAliasMaximum(int aliases) {
      outboundTopicAliasMaximum = inRange("outbound topic alias maximum", aliases, 0, 65_535);
      return this;
    }

    public Builder connectTimeoutMillis(long millis) {
      connectTimeoutMillis = inRange("connect timeout", millis, 1, Integer.MAX_VALUE);
      return this;
    }

    public Builder keepAliveSeconds(int seconds) {
      keepAliveSeconds = inRange("keep alive", seconds, 0, 65_535);
      return this;
    }

    public Builder maximumQos(QoS qos) {
      maximumQos = qos;
      return this;
    }

    public Builder retainAvailable(boolean available) {
      retainAvailable = available;
      return this;
    }

    public Builder wildcardAvailable(boolean available) {
      wildcardAvailable = available;
      return this;
    }

    public Builder sharedAvailable(boolean available) {
      sharedAvailable = available;
      return this;
    }

    public Builder sharedStrategy(SharedStrategy strategy) {
      sharedStrategy = strategy;
      return this;
    }

    public Builder subscriptionIdentifiersAvailable(boolean available) {
      subscriptionIdentifiersAvailable = available;
      return this;
    }

    public Builder emptyClientIdAllowed(boolean allowed) {
      emptyClientIdAllowed = allowed;
      return this;
    }

    public Builder responseInformation(String text) {
      if (text.indexOf('+') >= 0 || text.indexOf('#') >= 0) {
        throw new IllegalArgumentException("response information with a wildcard: " + text);
      }
      responseInformation = text;
      return this;
    }

    public Builder serverReference(String servers) {
      serverReference = servers;
      return this;
    }

    public Builder versions(Set<MqttVersion> accepted) {
      if (accepted.isEmpty()) {
        throw new IllegalArgumentException("no protocol version is accepted");
      }
      versions = EnumSet.copyOf(accepted);
      return this;
    }

    public Limits build() {
      return new Limits(this);
    }

    private static int inRange(String name, int value, int least, int most) {
      return (int) inRange(name, (long) value, least, most);
    }

    private static long inRange(String name, long value, long least, long most) {
      if (value < least || value > most) {
        throw new IllegalArgumentException(
            name + " must be " + least + "…" + most + ", not " + value);
      }
      return value;
    }
  }
}
