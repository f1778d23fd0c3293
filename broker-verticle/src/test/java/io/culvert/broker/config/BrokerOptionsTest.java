package io.culvert.broker.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.culvert.broker.auth.AuthChain;
import io.culvert.broker.bus.BridgeRule;
import io.culvert.mqtt.server.Limits;
import io.culvert.mqtt.server.SharedStrategy;
import io.culvert.mqtt.wire.MqttVersion;
import io.culvert.mqtt.wire.QoS;
import io.culvert.runtime.bus.BridgeTarget;
import io.culvert.runtime.config.Configuration;
import io.culvert.runtime.config.ConfigurationException;
import io.culvert.runtime.config.ConfigurationLoader;
import io.vertx.core.json.JsonObject;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** From settings to what the verticle works with. */
class BrokerOptionsTest {
  @TempDir Path folder;

  @Test
  void defaultsAreThoseOfTheProtocolCore() {
    BrokerOptions options = BrokerOptions.parse(new JsonObject());
    assertThat(options.limits())
        .usingRecursiveComparison()
        .ignoringFields("values.nodeBytes") // it follows the heap
        .isEqualTo(Limits.DEFAULT);
    assertThat(options.closeGraceMillis()).isEqualTo(2_000);
    assertThat(options.instances()).isZero();
    assertThat(options.auth().anonymous()).isFalse();
    assertThat(options.auth().scramUsers()).isNull();
    assertThat(options.auth().pending()).isEqualTo(1_000);
  }

  @Test
  void shardsAreOnePerProcessorUnlessANumberIsGiven() {
    int processors = Runtime.getRuntime().availableProcessors();
    assertThat(BrokerOptions.parse(new JsonObject()).shards(1_000))
        .isEqualTo(Math.min(processors, 64));
    assertThat(BrokerOptions.parse(new JsonObject()).shards(1)).isEqualTo(1);
    assertThat(BrokerOptions.from(yaml("mqtt: {instances: 3}")).shards(1)).isEqualTo(3);
    assertThatThrownBy(() -> BrokerOptions.from(yaml("mqtt: {instances: 65}")))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("mqtt.instances");
  }

  @Test
  void everyLimitComesFromItsOwnSetting() {
    Limits limits =
        BrokerOptions.from(
                yaml(
                    """
                    mqtt:
                      versions: [3.1, 5.0]
                      topic-alias-maximum: 1
                      outbound-topic-alias-maximum: 2
                      maximum-qos: 1
                      retain-available: false
                      wildcard-subscriptions-available: false
                      shared-subscriptions-available: false
                      shared-strategy: hash-topic
                      subscription-identifiers-available: false
                      empty-client-id: false
                      response-information: responses/%c
                      server-reference: other.example.com:1883
                    limits:
                      packet-bytes: 102
                      receive-maximum: 3
                      in-flight: 4
                      queue-messages: 5
                      queue-bytes: 6
                      outbox-bytes: 4097
                      subscriptions-per-session: 8
                      filters-per-subscribe: 9
                      topic-levels: 10
                      topic-bytes: 11
                      retained-messages: 12
                      retained-bytes: 13
                      sessions: 14
                      session-expiry-seconds: 15
                      connecting-bytes: 18
                      connect-timeout-seconds: 16
                      node-bytes: 19MiB
                      user-properties: 20
                      will-delay-seconds: 21
                      messages-per-second: 22
                      bytes-per-second: 23
                      keep-alive-max-seconds: 17
                    """))
            .limits();
    Limits expected =
        Limits.builder()
            .versions(EnumSet.of(MqttVersion.MQTT_3_1, MqttVersion.MQTT_5))
            .topicAliasMaximum(1)
            .outboundTopicAliasMaximum(2)
            .maximumQos(QoS.AT_LEAST_ONCE)
            .retainAvailable(false)
            .wildcardAvailable(false)
            .sharedAvailable(false)
            .sharedStrategy(SharedStrategy.HASH_TOPIC)
            .subscriptionIdentifiersAvailable(false)
            .emptyClientIdAllowed(false)
            .responseInformation("responses/%c")
            .serverReference("other.example.com:1883")
            .maximumPacketSizeBytes(102)
            .receiveMaximum(3)
            .inFlight(4)
            .queueMessages(5)
            .queueBytes(6)
            .outboxBytes(4097)
            .subscriptionsPerSession(8)
            .filtersPerSubscribe(9)
            .topicLevels(10)
            .topicBytes(11)
            .retainedMessages(12)
            .retainedBytes(13)
            .sessions(14)
            .sessionExpirySeconds(15)
            .connectingBytes(18)
            .nodeBytes(19 << 20)
            .userProperties(20)
            .willDelaySeconds(21)
            .messagesPerSecond(22)
            .bytesPerSecond(23)
            .connectTimeoutMillis(16_000)
            .keepAliveSeconds(17)
            .build();
    assertThat(limits).usingRecursiveComparison().isEqualTo(expected);
  }

  @Test
  void twoListenersExistUnlessAListIsGiven() {
    assertThat(uris("")).containsExactly("mqtt://127.0.0.1:1883", "ws://127.0.0.1:8083/mqtt");
    assertThat(uris("mqtt: {bind: '::1', port: 1, websocket-port: 2}"))
        .containsExactly("mqtt://[::1]:1", "ws://[::1]:2/mqtt");
    assertThat(uris("mqtt: {listeners: [{type: websocket, path: /x}, {bind: 0.0.0.0}]}"))
        .containsExactly("ws://127.0.0.1:8083/x", "mqtt://0.0.0.0:1883");
  }

  @Test
  void aListenerHasWhatItsSectionSays() {
    BrokerOptions options =
        BrokerOptions.from(
            yaml(
                "mqtt: {listeners: [{type: websocket, bind: 127.0.0.2, port: 3, path: /p,"
                    + " subprotocols: [a], origins: [b], max-connections: 4, backlog: 5}]}"));
    assertThat(options.listeners())
        .containsExactly(
            new ListenerOptions(
                ListenerOptions.Type.WEBSOCKET,
                "127.0.0.2",
                3,
                "/p",
                List.of("a"),
                List.of("b"),
                4,
                5,
                ListenerLimits.NONE,
                null,
                List.of(),
                null,
                null));
  }

  @Test
  void listenerMayHaveOtherLimitsThanTheBroker() {
    BrokerOptions options =
        BrokerOptions.from(
            yaml(
                "mqtt: {listeners: [{port: 0, versions: [5.0], packet-bytes: 77,"
                    + " connect-timeout-seconds: 3}, {port: 0}]}"));
    Limits other = options.listeners().get(0).limits().within(options.limits());
    assertThat(other)
        .usingRecursiveComparison()
        .isEqualTo(
            Limits.builder()
                .versions(EnumSet.of(MqttVersion.MQTT_5))
                .maximumPacketSizeBytes(77)
                .connectTimeoutMillis(3_000)
                .nodeBytes(options.limits().nodeBytes())
                .build());
    assertThat(options.listeners().get(1).limits().within(options.limits()))
        .isSameAs(options.limits());
    assertThatThrownBy(() -> uris("mqtt: {listeners: [{versions: []}]}"))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("mqtt.listeners[0].versions: names no version");
  }

  @Test
  void theShortFormHasNoMeaningBesideAList() {
    assertThatThrownBy(() -> uris("mqtt:\n  port: 1\n  listeners: [{}]"))
        .isInstanceOf(ConfigurationException.class)
        .hasMessage(
            "culvert.yaml:2: mqtt.port: has no meaning beside mqtt.listeners; set it in that list"
                + " instead");
  }

  @Test
  void responseTopicsCannotBeginWithAWildcard() {
    assertThatThrownBy(() -> uris("mqtt: {response-information: responses/+}"))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("mqtt.response-information: has a wildcard");
  }

  @Test
  void anAddressHasOneListener() {
    assertThatThrownBy(
            () -> uris("mqtt: {listeners: [{port: 0}, {port: 0}, {port: 5}, {port: 5}]}"))
        .isInstanceOf(ConfigurationException.class)
        .hasMessage("mqtt.listeners[3]: another listener has 127.0.0.1:5");
  }

  @Test
  void atLeastOneVersionIsSpoken() {
    assertThatThrownBy(() -> uris("mqtt: {versions: []}"))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("mqtt.versions: names no version");
  }

  @Test
  void theDeployedConfigurationGivesTheSameOptions() {
    Configuration configuration = yaml("mqtt: {port: 1}\nlimits: {queue-messages: 7}");
    BrokerOptions options = BrokerOptions.from(configuration);
    List<ListenerOptions> resolved =
        options.listeners().stream()
            .map(listener -> listener.withPort(9 + listener.port()))
            .toList();
    JsonObject json = BrokerOptions.deployable(configuration, resolved);
    json.put("deployment", "some id").put("http", new JsonObject().put("port", 1));
    BrokerOptions deployed = BrokerOptions.parse(json);
    assertThat(deployed.listeners()).isEqualTo(resolved);
    assertThat(deployed.limits()).usingRecursiveComparison().isEqualTo(options.limits());
  }

  @Test
  void unixDomainSocketIsOfThisMachineOnly() {
    BrokerOptions options =
        BrokerOptions.from(yaml("mqtt: {listeners: [{type: unix, socket: /tmp/s}]}"));
    ListenerOptions listener = options.listeners().get(0);
    assertThat(listener.uri()).isEqualTo("unix:///tmp/s");
    assertThat(listener.unix()).isEqualTo(new UnixSocket("/tmp/s", "0600"));
    assertThat(options.auth().chainOf(listener).anonymous()).isTrue();
  }

  @Test
  void listenerBehindAProxyIsNotOfThisMachineOnly() {
    BrokerOptions options =
        BrokerOptions.from(
            yaml(
                "mqtt: {listeners: [{proxy-protocol: true, proxy-from: [127.0.0.1, 10.0.0.0/8]}]}"));
    ListenerOptions listener = options.listeners().get(0);
    assertThat(listener.proxy()).isEqualTo(new ProxySettings(List.of("127.0.0.1", "10.0.0.0/8")));
    assertThat(listener.isLoopback()).isFalse();
    assertThat(options.auth().chainOf(listener).anonymous()).isFalse();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          proxy-protocol: true                                     | .proxy-from: is needed
          proxy-from: [10.0.0.7]                                   | .proxy-from: has a meaning only with proxy-protocol
          proxy-protocol: true, proxy-from: [localhost]            | .proxy-from: no IP address: localhost
          proxy-protocol: true, proxy-from: [10.0.0.0/33]          | .proxy-from: not 0 to 32 bits: 10.0.0.0/33
          proxy-protocol: true, proxy-from: [10.0.0.0/]            | .proxy-from: not 0 to 32 bits: 10.0.0.0/
          proxy-protocol: true, proxy-from: ['::1/129']            | .proxy-from: not 0 to 128 bits: ::1/129
          type: websocket, proxy-protocol: true, proxy-from: [127.0.0.1] | .proxy-protocol: has a meaning only with type: tcp
          """)
  void whatSaysNotWhoTheProxyIsIsRefused(String listener, String message) {
    assertThatThrownBy(() -> uris("mqtt: {listeners: [{" + listener + "}]}"))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining(message);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          type: unix                                     | [0].socket: is needed
          type: unix, socket: /none/s                    | [0].socket: its folder does not exist: /none
          type: unix, socket: /tmp/LONG                  | [0].socket: is longer than 107 bytes
          type: unix, socket: /tmp/s, port: 1            | [0].port: has no meaning for a Unix domain
          type: unix, socket: /tmp/s, bind: 0.0.0.0      | [0].bind: has no meaning for a Unix domain
          type: unix, socket: /tmp/s, certificate: x     | [0].certificate: has no meaning for a Unix
          type: unix, socket: /tmp/s, socket-mode: 8     | [0].socket-mode: is no mode such as 0600
          type: unix, socket: /tmp/s, socket-mode: u=rw  | [0].socket-mode: is no mode such as 0600
          socket: /tmp/s                                 | [0].socket: has a meaning only with type: unix
          """)
  void whatFitsNoUnixDomainSocketIsRefused(String listener, String message) {
    String section = listener.replace("LONG", "x".repeat(103));
    assertThatThrownBy(() -> uris("mqtt: {listeners: [{" + section + "}]}"))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining(message);
  }

  @Test
  void theDeployedListenersAreTheSame() throws Exception {
    Configuration configuration =
        yaml(
            """
            mqtt:
              listeners:
                - {port: 0, versions: [3.1.1], packet-bytes: 1MiB, connect-timeout-seconds: 5}
                - {type: websocket, path: /p, origins: [a], max-connections: 4, backlog: 5}
                - {type: unix, socket: /tmp/s, socket-mode: '0660'}
                - {port: 3, proxy-protocol: true, proxy-from: [10.0.0.0/8]}
                - {port: 4, certificate: FILE, key: FILE, client-certificates: optional,
                   client-authority: FILE, user-from-certificate: san-dns,
                   auth: [certificate, anonymous],
                   more-certificates: [{certificate: FILE, key: FILE}]}
            """
                .replace("FILE", Files.writeString(folder.resolve("x.pem"), "x").toString()));
    List<ListenerOptions> listeners = BrokerOptions.from(configuration).listeners();
    BrokerOptions deployed =
        BrokerOptions.parse(BrokerOptions.deployable(configuration, listeners));
    assertThat(deployed.listeners()).isEqualTo(listeners);
  }

  @Test
  void usersOfUnixSocketsAreNobodyToOtherListeners() {
    BrokerOptions options =
        BrokerOptions.from(
            yaml(
                """
                auth: {unix-users: ['0=root']}
                mqtt:
                  listeners:
                    - {type: unix, socket: /tmp/s}
                    - {bind: 0.0.0.0, port: 0}
                    - {port: 0, auth: [unix, anonymous]}
                """));
    List<ListenerOptions> listeners = options.listeners();
    assertThat(options.auth().chainOf(listeners.get(0)).plugins()).containsExactly(AuthChain.UNIX);
    assertThat(options.auth().chainOf(listeners.get(1)).isClosed()).isTrue();
    assertThat(options.auth().chainOf(listeners.get(2)))
        .isEqualTo(new AuthChain(List.of(), true, false));
  }

  @Test
  void loopbackIsKnown() {
    assertThat(BrokerOptions.from(yaml("mqtt: {bind: 127.0.0.9}")).listeners())
        .allMatch(ListenerOptions::isLoopback);
    assertThat(BrokerOptions.from(yaml("mqtt: {bind: '::1'}")).listeners())
        .allMatch(ListenerOptions::isLoopback);
    assertThat(BrokerOptions.from(yaml("mqtt: {bind: 0.0.0.0}")).listeners())
        .noneMatch(ListenerOptions::isLoopback);
    assertThat(BrokerOptions.from(yaml("mqtt: {bind: '::'}")).listeners())
        .noneMatch(ListenerOptions::isLoopback);
  }

  private static List<String> uris(String yaml) {
    return BrokerOptions.from(yaml(yaml)).listeners().stream().map(ListenerOptions::uri).toList();
  }

  private static Configuration yaml(String text) {
    return ConfigurationLoader.of(BrokerSettings.TABLE).text("culvert.yaml", text).load();
  }

  @Test
  void certificateMakesAListenerOneOfTls() throws Exception {
    Path file = Files.writeString(folder.resolve("x.pem"), "x");
    String tls = "certificate: " + file + ", key: " + file;
    assertThat(uris("mqtt: {listeners: [{" + tls + "}, {type: websocket, port: 1, " + tls + "}]}"))
        .containsExactly("mqtts://127.0.0.1:8883", "wss://127.0.0.1:1/mqtt");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          certificate: FILE                                        | .key: is needed for TLS
          key: FILE                                                | .certificate: is needed for TLS
          more-certificates: [{certificate: FILE, key: FILE}]      | .certificate: is needed for TLS
          certificate: FILE, key: FILE, more-certificates: [{key: FILE}] | .more-certificates[0].certificate: is needed
          certificate: FILE, key: none                             | .key: there is no such file
          certificate: FILE, key: /                                | .key: there is no such file
          certificate: FILE, key: FILE, client-certificates: required | needs client-authority
          certificate: FILE, key: FILE, client-authority: FILE     | would mean nothing
          certificate: FILE, key: FILE, client-certificates: optional, client-authority: no | no such
          """)
  void tlsThatIsOnlyHalfSaidStopsTheStart(String section, String message) throws Exception {
    Path file = Files.writeString(folder.resolve("x.pem"), "x");
    String text = "mqtt: {listeners: [{" + section.replace("FILE", file.toString()) + "}]}";
    assertThatThrownBy(() -> BrokerOptions.from(yaml(text)))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("mqtt.listeners[0]")
        .hasMessageContaining(message);
  }

  @Test
  void bridgesAreReadAndSurviveDeployment() {
    Configuration configuration =
        yaml(
            """
            mqtt:
              bridges:
                - {name: up, direction: out, filter: a/#, address: x}
                - {name: all, direction: out, filter: b, qos: 2, address: y, delivery: publish}
                - {name: one, direction: out, filter: c, address: z, max-outstanding: 1, max-attempts: 5}
                - {name: down, direction: in, address: w, topic: d}
            """);
    BrokerOptions options = BrokerOptions.from(configuration);
    assertThat(options.eventBus().bridges())
        .containsExactly(
            new BridgeRule.Out("up", "a/#", 1, new BridgeTarget("x", false), 64, 0),
            new BridgeRule.Out("all", "b", 2, new BridgeTarget("y", true), 64, 0),
            new BridgeRule.Out("one", "c", 1, new BridgeTarget("z", false), 1, 5),
            new BridgeRule.In("down", "w", "d", 1));
    JsonObject deployable = BrokerOptions.deployable(configuration, options.listeners());
    assertThat(BrokerOptions.parse(deployable).eventBus()).isEqualTo(options.eventBus());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          name: a, direction: out, address: x                         | .filter: is needed
          name: a, direction: in, address: x                          | .topic: is needed
          direction: in, address: x, topic: t                         | .name: is needed
          name: a, direction: in, topic: t                            | .address: is needed
          name: a, address: x, filter: t                              | .direction: is needed
          name: a, direction: up, address: x, filter: t               | .direction
          name: a b, direction: in, address: x, topic: t              | .name: has other characters
          name: a, direction: out, address: x, filter: 'a/#/b'        | .filter: is none
          name: a, direction: in, address: x, topic: 'a/+'            | .topic: is none
          name: a, direction: in, address: x, topic: $SYS/a           | .topic: is the broker's own
          name: a, direction: in, address: culvert.mqtt.publish, topic: t | .address: is the broker's own
          name: a, direction: in, address: x, topic: t, filter: t     | .filter: has a meaning only with direction: out
          name: a, direction: in, address: x, topic: t, delivery: publish | .delivery: has a meaning only with direction: out
          name: a, direction: out, address: x, filter: t, topic: t    | .topic: has a meaning only with direction: in
          name: a, direction: out, address: x, filter: t, qos: 3      | .qos
          name: a, direction: out, address: x, filter: t, max-outstanding: 0 | .max-outstanding
          name: a, direction: out, address: x, filter: t, delivery: publish, max-attempts: 1 | .max-attempts: has no meaning
          name: a, direction: out, address: x, filter: t, retain: true | .retain
          """)
  void aBridgeThatIsNotWholeStopsTheStart(String section, String message) {
    String text = "mqtt: {bridges: [{" + section + "}]}";
    assertThatThrownBy(() -> BrokerOptions.from(yaml(text)))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("mqtt.bridges[0]" + message);
  }

  @Test
  void bridgesNeedNamesOfTheirOwnAndTheEventBus() {
    String bridge = "{name: a, direction: in, address: x, topic: t}";
    assertThatThrownBy(
            () -> BrokerOptions.from(yaml("mqtt: {bridges: [" + bridge + ", " + bridge + "]}")))
        .hasMessageContaining("mqtt.bridges[1].name: is the name of another bridge");
    assertThatThrownBy(
            () -> BrokerOptions.from(yaml("mqtt: {event-bus: false, bridges: [" + bridge + "]}")))
        .hasMessageContaining("mqtt.event-bus: bridges need it to be on");
  }
}
