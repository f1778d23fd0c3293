package io.culvert.broker.config;

import static io.culvert.runtime.config.Setting.choice;
import static io.culvert.runtime.config.Setting.flag;
import static io.culvert.runtime.config.Setting.heapShare;
import static io.culvert.runtime.config.Setting.number;
import static io.culvert.runtime.config.Setting.text;
import static io.culvert.runtime.config.Setting.texts;

import io.culvert.broker.auth.CertificateField;
import io.culvert.mqtt.server.ShardPlace;
import io.culvert.runtime.config.SettingTable;
import io.culvert.runtime.config.Unit;
import java.util.List;

/** The settings of the roots {@code mqtt}, {@code auth}, {@code limits} and {@code store}. */
public final class BrokerSettings {
  /** A set of shards is one word of memory; few machines have more processors. */
  static final int MOST_INSTANCES = ShardPlace.MOST_SHARDS;

  private static final List<String> ANY = List.of();
  private static final long KIB = 1L << 10;
  private static final long GIB = 1L << 30;

  /** The largest MQTT packet: five bytes of fixed header and a Remaining Length of four bytes. */
  private static final long LARGEST_PACKET = 268_435_455L + 5;

  /** The value of the Session Expiry Interval that means "never". */
  private static final long NEVER = 0xFFFF_FFFFL;

  public static final SettingTable TABLE =
      SettingTable.join(
          mqtt(),
          StormSettings.MQTT,
          AuthSettings.TABLE,
          PluginSettings.TABLE,
          limits(),
          StormSettings.LIMITS,
          EventBusSettings.TABLE,
          BridgeSettings.TABLE,
          StoreSettings.TABLE);

  private BrokerSettings() {}

  private static SettingTable mqtt() {
    return SettingTable.of(
        text(
            "mqtt.bind",
            "127.0.0.1",
            "Address of the two listeners that exist unless `mqtt.listeners` is given; `0.0.0.0`"
                + " or `::` for all interfaces."),
        number("mqtt.port", Unit.PORT, 0, 65535, "1883", "Port of the TCP listener; 0 takes any."),
        number(
            "mqtt.websocket-port",
            Unit.PORT,
            0,
            65535,
            "8083",
            "Port of the WebSocket listener, path `/mqtt`; 0 takes any."),
        number(
            "mqtt.instances",
            Unit.COUNT,
            0,
            MOST_INSTANCES,
            "0",
            "Event loops that serve connections, each with a share of them; 0 for one per"
                + " processor."),
        texts(
            "mqtt.versions",
            List.of("3.1", "3.1.1", "5.0"),
            "3.1,3.1.1,5.0",
            "MQTT versions that clients may use."),
        number(
            "mqtt.topic-alias-maximum",
            Unit.COUNT,
            0,
            65535,
            "16",
            "Topic aliases that a client may use towards the broker."),
        number(
            "mqtt.outbound-topic-alias-maximum",
            Unit.COUNT,
            0,
            65535,
            "16",
            "Topic aliases that the broker uses towards an MQTT 5 client that says it takes as"
                + " many; 0 uses none."),
        number(
            "mqtt.maximum-qos",
            Unit.COUNT,
            0,
            2,
            "2",
            "Highest QoS that clients may publish with; MQTT 5 clients are told. A subscription"
                + " that asks for more gets this."),
        flag(
            "mqtt.retain-available",
            true,
            "Whether messages may be retained; a client that retains one all the same is"
                + " disconnected, and one with a retained Will is not let in."),
        flag(
            "mqtt.wildcard-subscriptions-available",
            true,
            "Whether clients may subscribe to filters with `+` and `#`."),
        flag(
            "mqtt.shared-subscriptions-available",
            true,
            "Whether clients may subscribe to `$share/…`."),
        choice(
            "mqtt.shared-strategy",
            List.of("round-robin", "least-in-flight", "sticky", "hash-client", "hash-topic"),
            "round-robin",
            "Who of a shared subscription's members gets the next message: each in turn, who has"
                + " the fewest unacknowledged, the same until it is full or leaves, the same for"
                + " all messages of a publisher, or of a topic. A member that would let it wait is"
                + " passed over while another one is ready."),
        flag(
            "mqtt.subscription-identifiers-available",
            true,
            "Whether MQTT 5 clients may give their subscriptions identifiers."),
        flag(
            "mqtt.empty-client-id",
            true,
            "Whether a client without a Client Identifier is let in and gets one assigned."),
        text(
            "mqtt.response-information",
            null,
            "What MQTT 5 clients that ask for it are told to begin their response topics with, such"
                + " as `responses/%c`; `%c` stands for the Client Identifier, in which characters"
                + " with a meaning in topics are percent-encoded. Unless given, nothing."),
        text(
            "mqtt.server-reference",
            null,
            "Where MQTT 5 clients shall go when this broker stops: `host` or `host:port`, several"
                + " with spaces between. They then get reason code 0x9C; unless given, 0x8B."),
        number(
            "mqtt.close-grace-millis",
            Unit.MILLIS,
            0,
            60_000,
            "2s",
            "How long a last packet, such as DISCONNECT, may take to leave before the connection"
                + " is cut."),
        number(
            "mqtt.sys-interval-seconds",
            Unit.SECONDS,
            0,
            3600,
            "10s",
            "How often the broker publishes what it counts below `$SYS`, retained, with the names"
                + " that Mosquitto uses and its own below `$SYS/culvert`; 0 never does."),
        choice(
            "mqtt.listeners[].type",
            List.of("tcp", "websocket", "unix"),
            "tcp",
            "Transport of MQTT; `unix` is a Unix domain socket."),
        text(
            "mqtt.listeners[].socket",
            null,
            "File of a Unix domain socket, at most 107 bytes long, in a folder that exists. One"
                + " that is left from an earlier start is replaced; anything else of that name"
                + " stops the start."),
        text(
            "mqtt.listeners[].socket-mode",
            "0600",
            "Mode of that file, in octal digits: who may write to it may connect."),
        text("mqtt.listeners[].bind", "127.0.0.1", "Address to listen on."),
        number(
            "mqtt.listeners[].port",
            Unit.PORT,
            0,
            65535,
            null,
            "Port to listen on; 0 takes any. Unless given, 1883 for tcp and 8083 for websocket; with"
                + " TLS 8883 and 8084."),
        text(
            "mqtt.listeners[].certificate",
            null,
            "File in PEM with the server's certificate and those between it and its authority. With"
                + " it the listener speaks TLS, and nothing else."),
        text(
            "mqtt.listeners[].key", null, "File in PEM (PKCS #8) with the key of the certificate."),
        text(
            "mqtt.listeners[].more-certificates[].certificate",
            null,
            "File in PEM with a further certificate, for clients that ask for one of its names"
                + " (SNI). Others get the listener's `certificate`."),
        text(
            "mqtt.listeners[].more-certificates[].key",
            null,
            "File in PEM (PKCS #8) with the key of that certificate."),
        flag(
            "mqtt.listeners[].proxy-protocol",
            false,
            "Whether each connection begins with a header of the PROXY protocol, version 1 or 2,"
                + " that says whom it comes from. Only for tcp, also with TLS."),
        texts(
            "mqtt.listeners[].proxy-from",
            ANY,
            "",
            "Addresses of the proxies that may say so, such as `10.0.0.7` or `10.0.0.0/24`;"
                + " connections of others are closed at once. Needed with `proxy-protocol`."),
        choice(
            "mqtt.listeners[].client-certificates",
            List.of("none", "optional", "required"),
            "none",
            "Whether clients are asked for a certificate of `client-authority`, and whether they"
                + " must have one to connect at all."),
        choice(
            "mqtt.listeners[].user-from-certificate",
            CertificateField.texts(),
            "none",
            "What of a client's certificate says which user it is, without a password: the common"
                + " name (CN), the whole subject (RFC 2253), or the first DNS name, e-mail address"
                + " or URI of its Subject Alternative Names. Where it has none, the client logs in"
                + " as all others do."),
        text(
            "mqtt.listeners[].client-authority",
            null,
            "File in PEM with the certificates of the authorities that clients' certificates must"
                + " be of."),
        text("mqtt.listeners[].path", "/mqtt", "Path of a WebSocket listener."),
        texts(
            "mqtt.listeners[].subprotocols",
            ANY,
            "mqtt",
            "WebSocket subprotocols that are accepted."),
        texts(
            "mqtt.listeners[].origins",
            ANY,
            "",
            "Origins of web pages that may connect, such as `https://app.example.com`; unless"
                + " given, only pages of the same host. `*` for any."),
        texts(
            "mqtt.listeners[].auth",
            ANY,
            "",
            "Who decides about clients of this listener, as in `auth.chain`. Unless given, those"
                + " of `auth.chain`. With a list of its own a listener lets clients without"
                + " credentials in only if that names `anonymous`."),
        number(
            "mqtt.listeners[].max-connections",
            Unit.COUNT,
            1,
            10_000_000,
            "1000000",
            "Connections at the same time; further ones are closed at once."),
        texts(
            "mqtt.listeners[].versions",
            List.of("3.1", "3.1.1", "5.0"),
            null,
            "MQTT versions that clients of this listener may use; unless given, those of"
                + " `mqtt.versions`."),
        number(
            "mqtt.listeners[].packet-bytes",
            Unit.BYTES,
            16,
            LARGEST_PACKET,
            null,
            "Largest MQTT packet that is accepted here; unless given, `limits.packet-bytes`."),
        number(
            "mqtt.listeners[].connect-timeout-seconds",
            Unit.SECONDS,
            1,
            3600,
            null,
            "Time that a connection has here to send its CONNECT; unless given,"
                + " `limits.connect-timeout-seconds`."),
        number(
            "mqtt.listeners[].backlog",
            Unit.COUNT,
            1,
            65535,
            "1024",
            "Connections that the system may hold before they are accepted."));
  }

  private static SettingTable limits() {
    return SettingTable.of(
        number(
            "limits.packet-bytes",
            Unit.BYTES,
            16,
            LARGEST_PACKET,
            "2MiB",
            "Largest MQTT packet that is accepted; larger ones end the connection before they are"
                + " read."),
        number(
            "limits.receive-maximum",
            Unit.COUNT,
            1,
            65535,
            "1024",
            "QoS 1 and 2 messages that a client may have unacknowledged towards the broker."),
        number(
            "limits.in-flight",
            Unit.COUNT,
            1,
            65535,
            "1024",
            "QoS 1 and 2 messages that the broker has unacknowledged towards a client; the client"
                + " may ask for less."),
        number(
            "limits.queue-messages",
            Unit.COUNT,
            0,
            10_000_000,
            "1000",
            "Messages that wait for one session."),
        number(
            "limits.queue-bytes",
            Unit.BYTES,
            0,
            64 * GIB,
            "8MiB",
            "Bytes of messages that wait for one session."),
        number(
            "limits.hold-publisher-millis",
            Unit.MILLIS,
            0,
            60_000,
            "1s",
            "How long a publisher is held up while a connected subscriber's queue is more than half"
                + " full, and ten times as long while that subscriber takes messages; if that does"
                + " not help, messages beyond the queue are dropped and counted. 0 never holds"
                + " one up."),
        number(
            "limits.outbox-bytes",
            Unit.BYTES,
            4 * KIB,
            GIB,
            "1MiB",
            "Bytes that wait for a client's socket; beyond it QoS 0 messages are dropped and"
                + " counted, others wait in the queue."),
        number(
            "limits.unsent-bytes",
            Unit.BYTES,
            0,
            GIB,
            "128KiB",
            "Bytes that Linux takes of a TCP connection and has not sent, because the client has no"
                + " room for them; further ones wait in the broker, see `limits.outbox-bytes`. 0"
                + " leaves it to the system, as it is without the native transport: up to 4 MB for"
                + " each client."),
        number(
            "limits.subscriptions-per-session",
            Unit.COUNT,
            1,
            10_000_000,
            "10000",
            "Subscriptions of one session."),
        number(
            "limits.filters-per-subscribe",
            Unit.COUNT,
            1,
            65535,
            "1000",
            "Topic filters in one SUBSCRIBE; those behind them are refused."),
        number(
            "limits.messages-per-second",
            Unit.COUNT,
            0,
            1_000_000_000,
            "0",
            "Packets other than acknowledgements that a client may send in a second, and at once"
                + " when it has sent none for a second; a faster one is not read for a while, and"
                + " loses nothing. 0 for any number."),
        number(
            "limits.bytes-per-second",
            Unit.BYTES,
            0,
            1024 * GIB,
            "0",
            "Bytes that a client may send in a second, in the same way. 0 for any number."),
        number("limits.topic-levels", Unit.COUNT, 1, 65535, "128", "Levels of a topic or filter."),
        number("limits.topic-bytes", Unit.BYTES, 1, 65535, "65535", "Length of a topic or filter."),
        number(
            "limits.retained-messages",
            Unit.COUNT,
            0,
            100_000_000,
            "1000000",
            "Retained messages of the broker."),
        number(
            "limits.retained-bytes",
            Unit.BYTES,
            0,
            1024 * GIB,
            "320MiB",
            "Memory for all retained messages, with about 220 bytes for each beside its topic and"
                + " payload."),
        heapShare(
            "limits.node-bytes",
            "50%",
            "Memory that all clients together may make the broker hold: a size, or a part of the"
                + " largest heap (of five quarters of its old generation, where that is less)."
                + " From four fifths of it on, publishers whose messages have to wait"
                + " are held up; from nine tenths nothing new that stays is taken; at the end no"
                + " message is (0x97)."),
        number(
            "limits.user-properties",
            Unit.COUNT,
            0,
            1_000_000,
            "64",
            "User properties of one packet, or of the will in it; a packet with more ends the"
                + " connection (0x97)."),
        number(
            "limits.will-delay-seconds",
            Unit.SECONDS,
            0,
            NEVER,
            "7d",
            "Longest time that a will may wait after its connection; a client whose will would wait"
                + " longer is refused (0x97). 4294967295 for any."),
        number(
            "limits.sessions",
            Unit.COUNT,
            1,
            100_000_000,
            "1000000",
            "Sessions of the broker, connected or not."),
        number(
            "limits.session-expiry-seconds",
            Unit.SECONDS,
            0,
            NEVER,
            "7d",
            "Longest time that a session is kept after its connection; a client that asks for more"
                + " gets this. 4294967295 for ever."),
        number(
            "limits.connects-per-second",
            Unit.COUNT,
            0,
            1_000_000,
            "0",
            "Connections that each listener accepts in a second, and at once when none has come for"
                + " a second. Those beyond wait until it is their turn; with WebSocket they are"
                + " answered with 503. 0 for any number."),
        number(
            "limits.connecting-bytes",
            Unit.BYTES,
            0,
            64 * GIB,
            "8MiB",
            "Bytes of unfinished packets of all clients that are not let in yet; beyond it those"
                + " that send more of them are refused."),
        number(
            "limits.connect-timeout-seconds",
            Unit.SECONDS,
            1,
            3600,
            "10s",
            "Time that a connection has to send its CONNECT, and again for an authentication by"
                + " method."),
        number(
            "limits.pending-authentications",
            Unit.COUNT,
            1,
            100_000,
            "1000",
            "Answers that each plug-in of authentication may owe, for each event loop: passwords"
                + " and steps of SCRAM that wait for a thread, questions to other servers. A client"
                + " beyond them is told that the server is busy (0x89)."),
        number(
            "limits.keep-alive-max-seconds",
            Unit.SECONDS,
            0,
            65535,
            "0",
            "Longest keep alive; an MQTT 5 client that asks for more, or for none, gets this. 0"
                + " grants any, also none."));
  }
}
