package io.culvert.mqtt.client;

import io.culvert.engine.Bytes;
import io.culvert.mqtt.wire.Connect;
import io.culvert.mqtt.wire.MqttVersion;
import io.culvert.mqtt.wire.PacketType;
import io.culvert.mqtt.wire.Properties;
import io.culvert.mqtt.wire.Property;
import io.culvert.mqtt.wire.Will;
import org.jspecify.annotations.Nullable;

/**
 * How to connect, and how the connection behaves.
 *
 * @param connect the CONNECT to send; an empty client identifier is replaced by one that the server
 *     has assigned to the session before
 * @param automaticAcknowledgement a received message is acknowledged when it is handed out
 * @param automaticRelease PUBREL is sent as soon as PUBREC has come; otherwise {@link
 *     ClientEvent.Received} tells the owner, who has something to store before
 * @param serverProof the owner says with {@link ClientConnection#trust} that the server has proved
 *     who it is; until then nothing is sent to it behind CONNACK, and nothing of it is looked at
 * @param topicAliases publish with topic aliases as far as the server takes them
 * @param resubscribe subscribe again when the server has lost the session
 * @param lowerQos publish with the server's Maximum QoS instead of refusing a higher one
 * @param maximumInFlight how many QoS 1 and 2 messages may be unacknowledged, 1…65 535; the
 *     server's Receive Maximum may be lower
 * @param outboxBytes how much may wait for the network before QoS 1 and 2 messages wait in the
 *     session and QoS 0 is refused
 * @param connectTimeoutMillis how long to wait for CONNACK, each AUTH included
 * @param pingTimeoutMillis how long after PINGREQ the server may be silent
 */
public record ConnectOptions(
    Connect connect,
    boolean automaticAcknowledgement,
    boolean automaticRelease,
    boolean serverProof,
    boolean topicAliases,
    boolean resubscribe,
    boolean lowerQos,
    int maximumInFlight,
    long outboxBytes,
    long connectTimeoutMillis,
    long pingTimeoutMillis) {
  /** Keeps a fast network busy, and is little beside what a message queue holds. */
  public static final long DEFAULT_OUTBOX_BYTES = 1024 * 1024;

  /** Long enough for a slow authentication, short enough to try the next server. */
  public static final long DEFAULT_CONNECT_TIMEOUT_MILLIS = 30_000;

  /** A server answers at once; this allows for a bad mobile network. */
  public static final long DEFAULT_PING_TIMEOUT_MILLIS = 10_000;

  /** The usual value: low in cost, and below the time after which networks forget connections. */
  public static final int DEFAULT_KEEP_ALIVE_SECONDS = 60;

  private static final int LONGEST_LEGACY_CLIENT_ID = 23; // MQTT 3.1, section 3.1

  public ConnectOptions {
    check(connect);
    if (maximumInFlight < 1 || maximumInFlight > 65_535) {
      throw new IllegalArgumentException("maximum in flight " + maximumInFlight);
    }
    if (outboxBytes < 1) {
      throw new IllegalArgumentException("outbox bytes " + outboxBytes);
    }
    if (connectTimeoutMillis < 1 || pingTimeoutMillis < 1) {
      throw new IllegalArgumentException("timeouts must be positive");
    }
  }

  public static Builder builder() {
    return new Builder();
  }

  private static void check(Connect connect) {
    int keepAlive = connect.keepAliveSeconds();
    if (keepAlive < 0 || keepAlive > 65_535) {
      throw new IllegalArgumentException("keep alive " + keepAlive);
    }
    Properties properties = connect.properties();
    properties.checkAllowedIn(PacketType.CONNECT);
    if (properties.has(Property.AUTHENTICATION_DATA)
        && !properties.has(Property.AUTHENTICATION_METHOD)) {
      throw new IllegalArgumentException("Authentication Data without Authentication Method");
    }
    boolean five = connect.version().isMqtt5();
    if (!five && connect.password() != null && connect.userName() == null) {
      throw new IllegalArgumentException("password without user name"); // [MQTT3-3.1.2-22]
    }
    int idLength = connect.clientId().length();
    if (connect.version() == MqttVersion.MQTT_3_1
        && (idLength < 1 || idLength > LONGEST_LEGACY_CLIENT_ID)) {
      throw new IllegalArgumentException(
          "MQTT 3.1 needs a client identifier of 1 to 23 characters");
    }
    if (!five && idLength == 0 && !connect.cleanStart()) {
      throw new IllegalArgumentException("clean session needed"); // [MQTT3-3.1.3-7]
    }
  }

  /** Collects the options; every default is the safe one. */
  public static final class Builder {
    private MqttVersion version = MqttVersion.MQTT_5;
    private String clientId = "";
    private boolean cleanStart = true;
    private int keepAliveSeconds = DEFAULT_KEEP_ALIVE_SECONDS;
    private @Nullable Will will;
    private @Nullable String userName;
    private @Nullable Bytes password;
    private Properties properties = Properties.EMPTY;
    private boolean automaticAcknowledgement = true;
    private boolean automaticRelease = true;
    private boolean serverProof;
    private boolean topicAliases;
    private boolean resubscribe = true;
    private boolean lowerQos;
    private int maximumInFlight = 65_535;
    private long outboxBytes = DEFAULT_OUTBOX_BYTES;
    private long connectTimeoutMillis = DEFAULT_CONNECT_TIMEOUT_MILLIS;
    private long pingTimeoutMillis = DEFAULT_PING_TIMEOUT_MILLIS;

    private Builder() {}

    public Builder version(MqttVersion value) {
      version = value;
      return this;
    }

    /** Empty lets the server assign one. */
    public Builder clientId(String value) {
      clientId = value;
      return this;
    }

    /** A client identifier from 64 bits of chance, which the caller supplies. */
    public Builder randomClientId(long chance) {
      return clientId(String.format("culvert-%013x", chance >>> 12));
    }

    /** Clean Start, or Clean Session before MQTT 5. */
    public Builder cleanStart(boolean value) {
      cleanStart = value;
      return this;
    }

    /** 0…65 535; 0 turns it off. */
    public Builder keepAliveSeconds(int value) {
      keepAliveSeconds = value;
      return this;
    }

    public Builder will(Will value) {
      will = value;
      return this;
    }

    public Builder userName(String value) {
      userName = value;
      return this;
    }

    public Builder password(Bytes value) {
      password = value;
      return this;
    }

    /** All properties of CONNECT; replaces those set before. Before MQTT 5 they are not sent. */
    public Builder properties(Properties value) {
      properties = value;
      return this;
    }

    /** 4 294 967 295 is never. */
    public Builder sessionExpirySeconds(long value) {
      return number(Property.SESSION_EXPIRY_INTERVAL, value);
    }

    /** How many QoS 1 and 2 messages the server may have unacknowledged, 1…65 535. */
    public Builder receiveMaximum(int value) {
      return number(Property.RECEIVE_MAXIMUM, value);
    }

    /** The largest packet that is taken; holds on this side in every version. */
    public Builder maximumPacketSizeBytes(long value) {
      return number(Property.MAXIMUM_PACKET_SIZE, value);
    }

    /** How many topic aliases the server may use. */
    public Builder topicAliasMaximum(int value) {
      return number(Property.TOPIC_ALIAS_MAXIMUM, value);
    }

    public Builder requestProblemInformation(boolean value) {
      return number(Property.REQUEST_PROBLEM_INFORMATION, value ? 1 : 0);
    }

    public Builder requestResponseInformation(boolean value) {
      return number(Property.REQUEST_RESPONSE_INFORMATION, value ? 1 : 0);
    }

    /** Enhanced authentication, with the first data of its method. */
    public Builder authentication(String method, Bytes data) {
      properties =
          Properties.builder()
              .putAll(
                  properties.without(Property.AUTHENTICATION_METHOD, Property.AUTHENTICATION_DATA))
              .put(Property.AUTHENTICATION_METHOD, method)
              .put(Property.AUTHENTICATION_DATA, data)
              .build();
      return this;
    }

    public Builder automaticAcknowledgement(boolean value) {
      automaticAcknowledgement = value;
      return this;
    }

    public Builder automaticRelease(boolean value) {
      automaticRelease = value;
      return this;
    }

    public Builder serverProof(boolean value) {
      serverProof = value;
      return this;
    }

    public Builder topicAliases(boolean value) {
      topicAliases = value;
      return this;
    }

    public Builder resubscribe(boolean value) {
      resubscribe = value;
      return this;
    }

    public Builder lowerQos(boolean value) {
      lowerQos = value;
      return this;
    }

    public Builder maximumInFlight(int value) {
      maximumInFlight = value;
      return this;
    }

    public Builder outboxBytes(long value) {
      outboxBytes = value;
      return this;
    }

    public Builder connectTimeoutMillis(long value) {
      connectTimeoutMillis = value;
      return this;
    }

    public Builder pingTimeoutMillis(long value) {
      pingTimeoutMillis = value;
      return this;
    }

    /**
     * The options.
     *
     * @throws IllegalArgumentException when the version does not allow what was asked for
     */
    public ConnectOptions build() {
      Connect connect =
          new Connect(
              version,
              cleanStart,
              keepAliveSeconds,
              clientId,
              will,
              userName,
              password,
              properties);
      return new ConnectOptions(
          connect,
          automaticAcknowledgement,
          automaticRelease,
          serverProof,
          topicAliases,
          resubscribe,
          lowerQos,
          maximumInFlight,
          outboxBytes,
          connectTimeoutMillis,
          pingTimeoutMillis);
    }

    private Builder number(Property property, long value) {
      properties = properties.with(property, value);
      return this;
    }
  }
}
