package io.culvert.rpc.config;

import static io.culvert.runtime.config.Setting.choice;
import static io.culvert.runtime.config.Setting.flag;
import static io.culvert.runtime.config.Setting.number;
import static io.culvert.runtime.config.Setting.text;

import io.culvert.rpc.protocol.RpcTopic;
import io.culvert.runtime.bus.RpcCall;
import io.culvert.runtime.config.SettingTable;
import io.culvert.runtime.config.Unit;
import java.util.List;

/** The section {@code rpc}. */
public final class RpcSettings {
  public static final SettingTable TABLE =
      SettingTable.of(
          flag(
              "rpc.enabled",
              true,
              "Whether `culvert run` serves requests to devices over the event bus."),
          text(
              "rpc.namespace",
              RpcTopic.DEFAULT_NAMESPACE,
              "First level of all topics; devices that speak gf_mqtt_client have this one."),
          text(
              "rpc.tag",
              null,
              "The tag that devices see as the source of requests. Unless given, `culvert-rpc-`"
                  + " with a random part; another node needs another one."),
          text(
              "rpc.broker",
              null,
              "Which broker, such as `mqtts://broker.example:8883`; unless given, that of this"
                  + " process or cluster, over the event bus."),
          text("rpc.user", null, "User name there."),
          text("rpc.password-file", null, "File whose first line is the password there."),
          text(
              "rpc.authority",
              null,
              "File with the certificates to trust there, in PEM; needs a `mqtts://` address."),
          number(
              "rpc.qos", Unit.COUNT, 0, 2, "1", "QoS of requests and of what answers come with."),
          number(
              "rpc.timeout-millis",
              Unit.MILLIS,
              1,
              RpcCall.LONGEST_MILLIS,
              "5s",
              "How long a request waits for its answer, unless it says so itself."),
          number(
              "rpc.max-calls",
              Unit.COUNT,
              1,
              1_000_000,
              "10000",
              "Requests that wait for an answer; one more fails with BUSY."),
          number(
              "rpc.max-body-bytes",
              Unit.BYTES,
              128,
              256L << 20,
              "1MiB",
              "Largest payload of one message; a larger one is not sent, and refused with 400."),
          choice(
              "rpc.plain-responses",
              List.of("per-target", "per-call"),
              "per-target",
              "How answers of devices without MQTT 5 come: by one subscription for each device in"
                  + " use, or by one for each request, which needs one more round trip but sees no"
                  + " answers for others."),
          number(
              "rpc.max-targets",
              Unit.COUNT,
              1,
              100_000,
              "1000",
              "Subscriptions of that kind; beyond them, the one that was idle longest ends."),
          number(
              "rpc.target-idle-seconds",
              Unit.SECONDS,
              1,
              86_400,
              "60s",
              "After so long without a request, such a subscription ends."),
          number(
              "rpc.max-devices",
              Unit.COUNT,
              0,
              1_000_000,
              "10000",
              "Devices in the directory; beyond them, the one that was not seen for longest is"
                  + " forgotten. 0 for no directory."),
          text(
              "rpc.folder",
              null,
              "Where persistent requests are kept; unless given, in memory. `culvert run` takes a"
                  + " folder in its data folder."),
          number(
              "rpc.max-persistent",
              Unit.COUNT,
              0,
              1_000_000,
              "10000",
              "Persistent requests that have not ended; one more is refused. 0 for none."),
          number(
              "rpc.max-persistent-per-device",
              Unit.COUNT,
              1,
              1_000_000,
              "1000",
              "Those of them that are for one device."),
          number(
              "rpc.max-persistent-bytes",
              Unit.BYTES,
              0,
              64L << 30,
              "64MiB",
              "Bytes of all of them; they are also in memory."));

  private RpcSettings() {}
}
