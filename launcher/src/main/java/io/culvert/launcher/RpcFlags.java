package io.culvert.launcher;

import io.culvert.client.MqttClientOptions;
import io.culvert.rpc.PlainResponses;
import io.culvert.rpc.RpcClientOptions;
import io.culvert.rpc.protocol.RpcTopic;
import java.util.UUID;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParseResult;

/** What {@code culvert rpc} and {@code culvert device} have in common. */
final class RpcFlags {
  private final ClientFlags flags;

  RpcFlags(ParseResult result, Environment environment) {
    this.flags = new ClientFlags(result, environment);
  }

  static void addTo(CommandSpec command) {
    ClientFlags.value(command, "NAME", "First level of all topics (gf_int_v1).", "--namespace");
    ClientFlags.flag(
        command, "Nothing beyond the protocol of gf_mqtt_client: as old peers do.", "--plain");
    ClientFlags.value(command, "N", "QoS: 0, 1 or 2 (1).", "-q", "--qos");
    ClientFlags.addTo(command);
  }

  /** Without -x or -c the session ends with the connection: nobody waits for answers any more. */
  MqttClientOptions connection(boolean comesBack) throws StartException {
    MqttClientOptions options = flags.options(comesBack);
    return flags.has("-x") || flags.has("-c") ? options : options.setSessionExpirySeconds(0);
  }

  ClientFlags client() {
    return flags;
  }

  /** Of whoever asks: its tag is the Client Identifier. */
  RpcClientOptions requester() throws StartException {
    String id = flags.text("-i");
    RpcClientOptions options = options(id == null ? "culvert-rpc-" + UUID.randomUUID() : id);
    // For one request, a subscription of its own is the least.
    return options.withPlainResponses(PlainResponses.PER_CALL);
  }

  RpcClientOptions options(String tag) throws StartException {
    String namespace = flags.text("--namespace");
    checkLevel("the tag", tag);
    RpcClientOptions options = RpcClientOptions.of(tag).withPlain(flags.has("--plain"));
    if (namespace != null) {
      checkLevel("--namespace", namespace);
      options = options.withNamespace(namespace);
    }
    return flags.has("-q") ? options.withQos(flags.qos("-q").value()) : options;
  }

  static void checkLevel(String what, String level) throws StartException {
    if (!RpcTopic.isLevel(level)) {
      throw StartException.usage(
          "%s has 1 to %d characters, none of / + # or a control, and no $ in front; not \"%s\""
              .formatted(what, RpcTopic.MAXIMUM_LEVEL_LENGTH, level));
    }
  }
}
