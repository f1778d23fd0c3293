package io.culvert.tcp.config;

import static io.culvert.runtime.config.Setting.choice;
import static io.culvert.runtime.config.Setting.flag;
import static io.culvert.runtime.config.Setting.heapShare;
import static io.culvert.runtime.config.Setting.number;
import static io.culvert.runtime.config.Setting.text;

import io.culvert.runtime.config.Setting;
import io.culvert.runtime.config.SettingTable;
import io.culvert.runtime.config.Unit;
import io.culvert.tcp.wire.Dialect;
import io.culvert.tcp.wire.FrameLimits;
import java.util.List;

/** The table of the settings. */
public final class TcpSettings {
  private static final SettingTable SERVICE =
      SettingTable.of(
          number(
              "tcp.port",
              Unit.PORT,
              0,
              65_535,
              null,
              "Port of the TCP message service; 0 takes any, and 8888 is usual. Unless given, none"
                  + " is served."),
          text("tcp.bind", "127.0.0.1", "Address of that port; `0.0.0.0` or `::` for all."),
          choice(
              "tcp.dialect",
              Dialect.ids(),
              Dialect.DEFAULT.id(),
              "What its peers speak: netaio 0.0.2 to 0.0.5 with packify 0.2 or 0.3, 0.0.6 to"
                  + " 0.0.8, or 0.0.9. They do not understand each other."),
          text(
              "tcp.secret-file",
              null,
              "File whose first line is the secret that peers sign with, 16 bytes at least; further"
                  + " lines `until 2026-12-31T00:00:00Z SECRET` are secrets that are taken until"
                  + " then. Unless given, `culvert run` makes one in the data folder and says so"
                  + " once."),
          number(
              "tcp.reload-seconds",
              Unit.SECONDS,
              0,
              86_400,
              "5s",
              "How often the files of secrets and certificates are looked at. One that has changed"
                  + " is read again; if it cannot be used, what was read before goes on to hold,"
                  + " and the log says why. 0 never looks."),
          flag(
              "tcp.anonymous",
              false,
              "Whether peers need no secret: whoever reaches the port may send and subscribe"
                  + " everything."),
          number(
              "tcp.window-seconds",
              Unit.SECONDS,
              0,
              86_400,
              null,
              "How old or new a signed message may be; within that, none is taken twice. 0 takes"
                  + " any. Unless given, 300 s for `n008-p03` and `n009-p03`, and 0 for the others,"
                  + " whose peers sign all messages with one time."),
          number(
              "tcp.remembered-messages",
              Unit.COUNT,
              1,
              10_000_000,
              "200000",
              "Messages that are remembered so that none is taken twice. Beyond them, the oldest"
                  + " are forgotten and what is as old is refused."),
          number(
              "tcp.max-connections",
              Unit.COUNT,
              1,
              1_000_000,
              "10000",
              "Connections beyond these are closed at once."),
          number(
              "tcp.max-connections-per-address",
              Unit.COUNT,
              1,
              1_000_000,
              "1000",
              "The same for one IPv4 address, or one IPv6 network of 64 bits."),
          number(
              "tcp.connects-per-second",
              Unit.COUNT,
              0,
              1_000_000,
              "0",
              "Connections beyond this wait in the system; 0 for any number."),
          number(
              "tcp.frame-bytes",
              Unit.BYTES,
              64,
              FrameLimits.LARGEST_FRAME_BYTES,
              String.valueOf(FrameLimits.LARGEST_FRAME_BYTES),
              "Largest frame that is taken; the default is the largest that can be."),
          number(
              "tcp.queue-bytes",
              Unit.BYTES,
              1024,
              1L << 30,
              "1MiB",
              "What may wait for a peer that reads slowly; then it is disconnected."),
          number(
              "tcp.frame-seconds",
              Unit.SECONDS,
              1,
              3600,
              "10s",
              "From the first byte of a frame to its last."),
          number(
              "tcp.idle-seconds",
              Unit.SECONDS,
              0,
              604_800,
              "0",
              "A peer that sends nothing for so long is disconnected; 0 for never. The wire has no"
                  + " ping, so this also ends peers that only listen."),
          number(
              "tcp.answer-seconds",
              Unit.SECONDS,
              0,
              3600,
              "30s",
              "How long whoever handles a message may take; then the peer gets an error. 0 for any"
                  + " time."),
          number(
              "tcp.max-subscriptions",
              Unit.COUNT,
              1,
              1_000_000,
              "1000",
              "URIs that one peer may subscribe to."),
          number(
              "tcp.max-requests",
              Unit.COUNT,
              1,
              1_000_000,
              "100",
              "Requests to one peer, over the event bus, that wait for their answers."),
          number(
              "tcp.max-bus-subscriptions",
              Unit.COUNT,
              0,
              1_000_000,
              "1000",
              "Subscribers on the event bus."),
          heapShare(
              "tcp.received-bytes",
              "10%",
              "What is kept of frames that are not complete, and of messages that wait for their"
                  + " turn, for all connections together: a size, or a part of the largest heap (of"
                  + " five quarters of its old generation, where that is less)."
                  + " Beyond it the connection ends that has completed none for the longest time."),
          number(
              "tcp.failures-per-connection",
              Unit.COUNT,
              1,
              1_000_000,
              "10",
              "Messages that are damaged or not authentic until the connection is closed."),
          number(
              "tcp.failures-per-address",
              Unit.COUNT,
              1,
              1_000_000,
              "100",
              "The same for an address; after that it is not let in before the next setting's time"
                  + " is over."),
          number(
              "tcp.failure-window-seconds",
              Unit.SECONDS,
              1,
              86_400,
              "60s",
              "Time in which the failures of an address are counted."),
          text(
              "tcp.certificate",
              null,
              "File with the certificate, and those between it and its authority, in PEM: the port"
                  + " then speaks TLS."),
          text("tcp.key", null, "File with the key of that certificate, in PEM (PKCS #8)."),
          text(
              "tcp.more-certificates[].certificate",
              null,
              "File in PEM with a further certificate, for peers that ask for one of its names"
                  + " (SNI). Others get `tcp.certificate`."),
          text(
              "tcp.more-certificates[].key",
              null,
              "File in PEM (PKCS #8) with the key of that certificate."),
          text(
              "tcp.client-authority",
              null,
              "File with the certificate of whoever has signed those of peers, in PEM."),
          choice(
              "tcp.client-certificates",
              List.of("none", "optional", "required"),
              "none",
              "Whether peers show certificates; needs `tcp.client-authority`."),
          choice(
              "tcp.routes[].type",
              List.of("request", "create", "update", "delete", "publish"),
              "request",
              "Which messages go to the event bus."),
          route("tcp.routes[].uri", "With which URI; unless given, with any."),
          route(
              "tcp.routes[].address",
              "The address that is asked, with type, URI, content and peer as JSON; its reply is"
                  + " the answer."));

  /** The settings of the root {@code tcp}. */
  public static final SettingTable TABLE = SettingTable.join(SERVICE, BridgeSettings.TABLE);

  private TcpSettings() {}

  private static Setting route(String key, String description) {
    return text(key, null, description);
  }
}
