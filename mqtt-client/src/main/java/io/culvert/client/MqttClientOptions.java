package io.culvert.client;

import io.culvert.engine.Bytes;
import io.culvert.mqtt.client.ConnectOptions;
import io.culvert.mqtt.client.ServerTerms;
import io.culvert.mqtt.wire.MqttVersion;
import io.culvert.mqtt.wire.Properties;
import io.culvert.mqtt.wire.Property;
import io.culvert.mqtt.wire.ReasonCode;
import io.culvert.mqtt.wire.TopicName;
import io.culvert.mqtt.wire.UserProperty;
import io.culvert.mqtt.wire.Will;
import io.culvert.store.Store;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.net.ClientSSLOptions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;

/**
 * How a client connects and behaves. Every default is the safe one; nothing is unbounded. A client
 * takes a copy.
 */
public final class MqttClientOptions {
  /**
   * Long enough to come back from a broken network and find the session; afterwards a client that
   * does not come back costs the server nothing.
   */
  public static final long DEFAULT_SESSION_EXPIRY_SECONDS = 300;

  /** Keeps a fast network busy; as much must be kept in memory for slow receivers. */
  public static final int DEFAULT_RECEIVE_MAXIMUM = 1024;

  /** Some minutes of a busy client's messages. */
  public static final int DEFAULT_PUBLISH_QUEUE_MESSAGES = 100_000;

  public static final long DEFAULT_PUBLISH_QUEUE_BYTES = 64L << 20;

  /** What one slow receiver may hold in memory so that it does not hold up the others. */
  public static final int DEFAULT_BUFFER_MESSAGES = 4096;

  public static final long DEFAULT_BUFFER_BYTES = 16L << 20;

  /**
   * Before MQTT 5 a server cannot say how much it takes; Mosquitto, unless it is configured
   * otherwise, closes the connection when more QoS 2 messages than this are under way.
   */
  public static final int IN_FLIGHT_BEFORE_5 = 20;

  /** A refusal that comes so often is meant. */
  public static final int DEFAULT_MAXIMUM_ATTEMPTS = 10;

  private static final long RETRY_MILLIS = 500;
  private static final long LONGEST_RETRY_MILLIS = 60_000;

  private List<ServerAddress> addresses = List.of();
  private MqttVersion version = MqttVersion.MQTT_5;
  private String clientId = "";
  private boolean cleanStart = true;
  private long sessionExpirySeconds = DEFAULT_SESSION_EXPIRY_SECONDS;
  private int keepAliveSeconds = ConnectOptions.DEFAULT_KEEP_ALIVE_SECONDS;
  private int receiveMaximum = DEFAULT_RECEIVE_MAXIMUM;
  private long maximumPacketSizeBytes = ServerTerms.LARGEST_PACKET_BYTES;
  private int topicAliasMaximum;
  private boolean topicAliases;
  private boolean requestResponseInformation;
  private boolean lowerQos;
  private int maximumInFlight;
  private List<UserProperty> userProperties = List.of();
  private @Nullable Will will;
  private boolean willAtClose;
  private @Nullable String userName;
  private @Nullable Buffer password;
  private @Nullable MqttAuthentication authentication;
  private @Nullable ClientSSLOptions tls;
  private Map<String, String> webSocketHeaders = Map.of();
  private long connectTimeoutMillis = ConnectOptions.DEFAULT_CONNECT_TIMEOUT_MILLIS;
  private long pingTimeoutMillis = ConnectOptions.DEFAULT_PING_TIMEOUT_MILLIS;
  private ReconnectOptions reconnect = ReconnectOptions.defaults();
  private int publishQueueMessages = DEFAULT_PUBLISH_QUEUE_MESSAGES;
  private long publishQueueBytes = DEFAULT_PUBLISH_QUEUE_BYTES;
  private int bufferMessages = DEFAULT_BUFFER_MESSAGES;
  private long bufferBytes = DEFAULT_BUFFER_BYTES;
  private @Nullable Store store;
  private int maximumAttempts = DEFAULT_MAXIMUM_ATTEMPTS;
  private long retryMillis = RETRY_MILLIS;
  private boolean republishLost;

  /** MQTT 5 to {@code mqtt://localhost:1883}, with an identifier from the server. */
  public MqttClientOptions() {
    addresses = List.of(ServerAddress.of(ServerAddress.Transport.TCP, "localhost"));
  }

  /** A copy. */
  public MqttClientOptions(MqttClientOptions other) {
    addresses = other.addresses;
    version = other.version;
    clientId = other.clientId;
    cleanStart = other.cleanStart;
    sessionExpirySeconds = other.sessionExpirySeconds;
    keepAliveSeconds = other.keepAliveSeconds;
    receiveMaximum = other.receiveMaximum;
    maximumPacketSizeBytes = other.maximumPacketSizeBytes;
    topicAliasMaximum = other.topicAliasMaximum;
    topicAliases = other.topicAliases;
    requestResponseInformation = other.requestResponseInformation;
    lowerQos = other.lowerQos;
    maximumInFlight = other.maximumInFlight;
    userProperties = other.userProperties;
    will = other.will;
    willAtClose = other.willAtClose;
    userName = other.userName;
    password = other.password == null ? null : other.password.copy();
    authentication = other.authentication;
    tls = other.tls == null ? null : other.tls.copy();
    webSocketHeaders = other.webSocketHeaders;
    connectTimeoutMillis = other.connectTimeoutMillis;
    pingTimeoutMillis = other.pingTimeoutMillis;
    reconnect = other.reconnect;
    publishQueueMessages = other.publishQueueMessages;
    publishQueueBytes = other.publishQueueBytes;
    bufferMessages = other.bufferMessages;
    bufferBytes = other.bufferBytes;
    store = other.store;
    maximumAttempts = other.maximumAttempts;
    retryMillis = other.retryMillis;
    republishLost = other.republishLost;
  }

  /** Where the server is: see {@link ServerAddress#parse}. Several are tried in their order. */
  public MqttClientOptions setAddresses(String... texts) {
    List<ServerAddress> parsed = new ArrayList<>();
    for (String text : texts) {
      parsed.add(ServerAddress.parse(text));
    }
    return setAddresses(parsed);
  }

  public MqttClientOptions setAddresses(List<ServerAddress> all) {
    if (all.isEmpty()) {
      throw new IllegalArgumentException("there is no address of a server");
    }
    addresses = List.copyOf(all);
    return this;
  }

  public MqttClientOptions setVersion(MqttVersion value) {
    version = value;
    return this;
  }

  /** Empty lets the server assign one, which is kept for all connections of this client. */
  public MqttClientOptions setClientId(String value) {
    clientId = value;
    return this;
  }

  /**
   * Whether the first connection begins a new session; Clean Session before MQTT 5. Without, it
   * goes on with the session that the server has, perhaps of an earlier process. When the client
   * comes back by itself it goes on with its session all the same, except before MQTT 5.
   */
  public MqttClientOptions setCleanStart(boolean value) {
    cleanStart = value;
    return this;
  }

  /** How long the server keeps the session without connection; 4 294 967 295 is for ever. */
  public MqttClientOptions setSessionExpirySeconds(long value) {
    sessionExpirySeconds = value;
    return this;
  }

  /** 0…65 535; 0 turns it off. */
  public MqttClientOptions setKeepAliveSeconds(int value) {
    keepAliveSeconds = value;
    return this;
  }

  /** How many QoS 1 and 2 messages the server may send without an answer, 1…65 535. */
  public MqttClientOptions setReceiveMaximum(int value) {
    receiveMaximum = value;
    return this;
  }

  /** The largest packet that is taken. */
  public MqttClientOptions setMaximumPacketSizeBytes(long value) {
    maximumPacketSizeBytes = value;
    return this;
  }

  /** How many topic aliases the server may use towards this client. */
  public MqttClientOptions setTopicAliasMaximum(int value) {
    topicAliasMaximum = value;
    return this;
  }

  /** Whether this client uses topic aliases as far as the server takes them. */
  public MqttClientOptions setTopicAliases(boolean value) {
    topicAliases = value;
    return this;
  }

  /** Ask for {@link ServerTerms#responseInformation}. */
  public MqttClientOptions setRequestResponseInformation(boolean value) {
    requestResponseInformation = value;
    return this;
  }

  /** Publish with the server's Maximum QoS instead of failing where it is lower. */
  public MqttClientOptions setLowerQos(boolean value) {
    lowerQos = value;
    return this;
  }

  /**
   * How many published messages of QoS 1 and 2 may be unanswered, 1…65 535. In MQTT 5 the server
   * says how many it takes, and that counts where it is lower. Unless this is set, that is all in
   * MQTT 5, and before {@value #IN_FLIGHT_BEFORE_5}.
   */
  public MqttClientOptions setMaximumInFlight(int value) {
    if (value < 1 || value > 65_535) {
      throw new IllegalArgumentException("maximumInFlight is 1 to 65535, not " + value);
    }
    maximumInFlight = value;
    return this;
  }

  /** User Properties of CONNECT. */
  public MqttClientOptions setUserProperties(List<UserProperty> values) {
    userProperties = List.copyOf(values);
    return this;
  }

  /**
   * What the server publishes when the connection ends without a word.
   *
   * @param message its properties may not hold a Will Delay Interval
   * @param delaySeconds how long the server waits with it
   */
  public MqttClientOptions setWill(OutgoingMessage message, long delaySeconds) {
    Properties properties =
        delaySeconds == 0
            ? message.properties()
            : message.properties().with(Property.WILL_DELAY_INTERVAL, delaySeconds);
    TopicName topic = message.topicName();
    will =
        new Will(
            topic,
            Bytes.wrap(message.payload().getBytes()),
            message.qos(),
            message.retain(),
            properties);
    return this;
  }

  /**
   * Whether the server publishes the Will when the client is closed, too, however that comes: in
   * MQTT 5 DISCONNECT says so, and before the connection ends without one. {@link
   * MqttClient#disconnect} never does.
   */
  public MqttClientOptions setWillAtClose(boolean value) {
    willAtClose = value;
    return this;
  }

  public MqttClientOptions setUserName(String value) {
    userName = value;
    return this;
  }

  /** Any bytes. */
  public MqttClientOptions setPassword(Buffer value) {
    password = value.copy();
    return this;
  }

  /** As UTF-8. */
  public MqttClientOptions setPassword(String value) {
    return setPassword(Buffer.buffer(value));
  }

  /** Enhanced authentication; only in MQTT 5. */
  public MqttClientOptions setAuthentication(MqttAuthentication value) {
    authentication = value;
    return this;
  }

  /**
   * Trust and client certificate for the addresses that use TLS. Unless it is set, the authorities
   * of the Java installation are trusted, and the host name is verified.
   */
  public MqttClientOptions setTls(ClientSSLOptions value) {
    tls = value.copy();
    return this;
  }

  /** Headers of the request that opens a WebSocket. */
  public MqttClientOptions setWebSocketHeaders(Map<String, String> values) {
    webSocketHeaders = Map.copyOf(new TreeMap<>(values));
    return this;
  }

  /** How long an attempt to connect may take, and how long to wait for CONNACK then. */
  public MqttClientOptions setConnectTimeoutMillis(long value) {
    connectTimeoutMillis = value;
    return this;
  }

  /** How long the server may be silent after PINGREQ. */
  public MqttClientOptions setPingTimeoutMillis(long value) {
    pingTimeoutMillis = value;
    return this;
  }

  public MqttClientOptions setReconnect(ReconnectOptions value) {
    reconnect = value;
    return this;
  }

  /** How many messages may wait to be published or be under way. */
  public MqttClientOptions setPublishQueueMessages(int value) {
    publishQueueMessages = value;
    return this;
  }

  public MqttClientOptions setPublishQueueBytes(long value) {
    publishQueueBytes = value;
    return this;
  }

  /**
   * How many messages one slow receiver may hold in memory that the server has been answered for,
   * so that it does not hold up the others; 0 never answers early.
   */
  public MqttClientOptions setBufferMessages(int value) {
    bufferMessages = value;
    return this;
  }

  public MqttClientOptions setBufferBytes(long value) {
    bufferBytes = value;
    return this;
  }

  /**
   * Where messages that are published {@linkplain OutgoingMessage#reliable reliably} are kept. It
   * stays the caller's, who closes it after the client. Needs a Client Identifier, no clean start,
   * and a session that outlives its connection: only so can QoS 2 be exactly once.
   */
  public MqttClientOptions setStore(Store value) {
    store = value;
    return this;
  }

  /** How often a reliable message is tried that the server refuses. */
  public MqttClientOptions setMaximumAttempts(int value) {
    maximumAttempts = value;
    return this;
  }

  /**
   * At most so long before the second attempt of a reliable message; doubles with each further one,
   * up to a minute. A random part, up to a half, is cut off.
   */
  public MqttClientOptions setRetryMillis(long value) {
    retryMillis = value;
    return this;
  }

  /**
   * When the server has lost the session in the middle of a QoS 2 exchange, publish the message
   * anew, so that it may arrive twice, instead of failing it, so that it may not arrive.
   */
  public MqttClientOptions setRepublishLost(boolean value) {
    republishLost = value;
    return this;
  }

  // ---- for the client

  /** Refuses what does not go together. */
  void check() {
    connectOptions(cleanStart, null);
    if (authentication != null && !version.isMqtt5()) {
      throw new IllegalArgumentException("enhanced authentication needs MQTT 5");
    }
    boolean outlives = version.isMqtt5() ? sessionExpirySeconds > 0 : !cleanStart;
    if (store != null && (clientId.isEmpty() || cleanStart || !outlives)) {
      throw new IllegalArgumentException(
          "a store needs a Client Identifier, cleanStart=false, and a Session Expiry Interval"
              + " above 0: only in a session that is found again QoS 2 is exactly once");
    }
    atLeast(1, publishQueueMessages, "publishQueueMessages");
    atLeast(1, publishQueueBytes, "publishQueueBytes");
    atLeast(0, bufferMessages, "bufferMessages");
    atLeast(0, bufferBytes, "bufferBytes");
    atLeast(1, maximumAttempts, "maximumAttempts");
    atLeast(1, retryMillis, "retryMillis");
  }

  /**
   * @param clean whether this connection begins a new session
   * @param authenticationData of CONNECT, or null
   */
  ConnectOptions connectOptions(boolean clean, @Nullable Buffer authenticationData) {
    ConnectOptions.Builder builder =
        ConnectOptions.builder()
            .version(version)
            .clientId(clientId)
            .cleanStart(clean)
            .keepAliveSeconds(keepAliveSeconds)
            .properties(properties(authenticationData))
            .automaticAcknowledgement(false)
            .automaticRelease(store == null)
            .serverProof(authentication != null)
            .topicAliases(topicAliases)
            .lowerQos(lowerQos)
            .maximumInFlight(inFlight())
            .connectTimeoutMillis(connectTimeoutMillis)
            .pingTimeoutMillis(pingTimeoutMillis);
    if (will != null) {
      builder.will(will);
    }
    if (userName != null) {
      builder.userName(userName);
    }
    if (password != null) {
      builder.password(Bytes.wrap(password.getBytes()));
    }
    return builder.build();
  }

  private int inFlight() {
    if (maximumInFlight != 0) {
      return maximumInFlight;
    }
    return version.isMqtt5() ? 65_535 : IN_FLIGHT_BEFORE_5;
  }

  private Properties properties(@Nullable Buffer authenticationData) {
    Properties.Builder properties = Properties.builder();
    if (sessionExpirySeconds != 0) {
      properties.put(Property.SESSION_EXPIRY_INTERVAL, sessionExpirySeconds);
    }
    properties.put(Property.RECEIVE_MAXIMUM, receiveMaximum);
    if (maximumPacketSizeBytes != ServerTerms.LARGEST_PACKET_BYTES) {
      properties.put(Property.MAXIMUM_PACKET_SIZE, maximumPacketSizeBytes);
    }
    if (topicAliasMaximum != 0) {
      properties.put(Property.TOPIC_ALIAS_MAXIMUM, topicAliasMaximum);
    }
    if (requestResponseInformation) {
      properties.put(Property.REQUEST_RESPONSE_INFORMATION, 1);
    }
    MqttAuthentication how = authentication;
    if (how != null) {
      properties.put(Property.AUTHENTICATION_METHOD, how.method());
      if (authenticationData != null) {
        properties.put(Property.AUTHENTICATION_DATA, Bytes.wrap(authenticationData.getBytes()));
      }
    }
    userProperties.forEach(pair -> properties.userProperty(pair.name(), pair.value()));
    return properties.build();
  }

  PublishLimits publishLimits() {
    return new PublishLimits(
        publishQueueMessages,
        publishQueueBytes,
        maximumAttempts,
        retryMillis,
        Math.max(retryMillis, LONGEST_RETRY_MILLIS),
        ThreadLocalRandom.current().nextDouble(0.5, 1),
        republishLost);
  }

  List<ServerAddress> addresses() {
    return addresses;
  }

  MqttVersion version() {
    return version;
  }

  String clientId() {
    return clientId;
  }

  boolean cleanStart() {
    return cleanStart;
  }

  long sessionExpirySeconds() {
    return sessionExpirySeconds;
  }

  int receiveMaximum() {
    return receiveMaximum;
  }

  @Nullable MqttAuthentication authentication() {
    return authentication;
  }

  ClientSSLOptions tls() {
    ClientSSLOptions set = tls;
    ClientSSLOptions used = set == null ? new ClientSSLOptions() : set.copy();
    if (used.getHostnameVerificationAlgorithm() == null) {
      used.setHostnameVerificationAlgorithm("HTTPS"); // RFC 2818 §3.1, also for MQTT
    }
    return used;
  }

  /** What DISCONNECT says when the client is closed. */
  ReasonCode goodbye() {
    return will != null && willAtClose
        ? ReasonCode.DISCONNECT_WITH_WILL_MESSAGE
        : ReasonCode.SUCCESS;
  }

  Map<String, String> webSocketHeaders() {
    return webSocketHeaders;
  }

  long connectTimeoutMillis() {
    return connectTimeoutMillis;
  }

  ReconnectOptions reconnect() {
    return reconnect;
  }

  int bufferMessages() {
    return bufferMessages;
  }

  long bufferBytes() {
    return bufferBytes;
  }

  @Nullable Store store() {
    return store;
  }

  private static void atLeast(long least, long value, String name) {
    if (value < least) {
      throw new IllegalArgumentException(name + " is at least " + least + ", not " + value);
    }
  }
}
