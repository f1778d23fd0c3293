package io.culvert.launcher;

import io.culvert.client.MqttClientOptions;
import io.culvert.client.OutgoingMessage;
import io.culvert.client.ReconnectOptions;
import io.culvert.client.ServerAddress;
import io.culvert.client.ServerAddress.Transport;
import io.culvert.mqtt.wire.MqttVersion;
import io.culvert.mqtt.wire.QoS;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.net.ClientSSLOptions;
import io.vertx.core.net.PemKeyCertOptions;
import io.vertx.core.net.PemTrustOptions;
import java.io.IOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParseResult;

/**
 * The options that {@code culvert pub}, {@code sub} and {@code bench} have in common. They have the
 * names that {@code mosquitto_pub} and {@code mosquitto_sub} use, and those of {@code mqttx} where
 * they do not mean something else.
 */
final class ClientFlags {
  private static final long FOR_EVER_SECONDS = 0xFFFF_FFFFL;

  private static final Map<String, MqttVersion> VERSIONS =
      Map.of(
          "mqttv5", MqttVersion.MQTT_5,
          "5", MqttVersion.MQTT_5,
          "5.0", MqttVersion.MQTT_5,
          "mqttv311", MqttVersion.MQTT_3_1_1,
          "3.1.1", MqttVersion.MQTT_3_1_1,
          "4", MqttVersion.MQTT_3_1_1,
          "mqttv31", MqttVersion.MQTT_3_1,
          "3.1", MqttVersion.MQTT_3_1,
          "3", MqttVersion.MQTT_3_1);

  private final ParseResult result;
  private final Environment environment;

  ClientFlags(ParseResult result, Environment environment) {
    this.result = result;
    this.environment = environment;
  }

  // ---- what there is

  static void addTo(CommandSpec command) {
    value(command, "HOST", "Server (localhost).", "-h", "--host", "--hostname");
    value(command, "PORT", "Port (1883; 8883 with TLS).", "-p", "--port");
    value(
        command,
        "URL",
        "Server, as mqtt[s]://[user[:password]@]host[:port][/topic], ws[s]://…/path or unix:FILE.",
        "-L",
        "--url");
    value(command, "FILE", "Unix domain socket of the server.", "--unix");
    value(command, "NAME", "User name.", "-u", "--username");
    value(command, "TEXT", "Password; others see it in the list of processes.", "-P", "--password");
    value(command, "FILE", "File whose first line is the password.", "--password-file");
    value(
        command, "ID", "Client Identifier (the server assigns one).", "-i", "--id", "--client-id");
    value(
        command,
        "VERSION",
        "mqttv5, mqttv311 or mqttv31; also 5, 3.1.1, 3.1 (mqttv5).",
        "-V",
        "--protocol-version",
        "--mqtt-version");
    value(command, "SECONDS", "Keep Alive (60); 0 turns it off.", "-k", "--keepalive");
    flag(
        command,
        "Go on with the session that the Client Identifier has.",
        "-c",
        "--disable-clean-session",
        "--no-clean");
    value(
        command,
        "SECONDS",
        "How long the server keeps the session; -1 for ever.",
        "-x",
        "--session-expiry-interval");
    value(command, "FILE", "Certificates to trust, PEM; turns TLS on.", "--cafile", "--ca");
    value(command, "FILE", "Client certificate, PEM; turns TLS on.", "--cert");
    value(command, "FILE", "Its private key, PEM.", "--key");
    flag(
        command,
        "Do not verify the server's name, nor without --cafile its certificate; turns TLS on.",
        "--insecure");
    value(command, "TOPIC", "Leave a Will to this topic.", "--will-topic");
    value(command, "TEXT", "Its payload.", "--will-payload", "--will-message");
    value(command, "N", "Its QoS (0).", "--will-qos");
    flag(command, "It is retained.", "--will-retain");
    value(command, "SECONDS", "The server waits with it.", "--will-delay-interval");
  }

  static void value(CommandSpec command, String label, String description, String... names) {
    command.addOption(
        OptionSpec.builder(names)
            .paramLabel(label)
            .arity("1")
            .type(String.class)
            .description(description)
            .build());
  }

  /** May be repeated. */
  static void values(CommandSpec command, String label, String description, String... names) {
    command.addOption(
        OptionSpec.builder(names)
            .paramLabel(label)
            .arity("1")
            .type(List.class)
            .auxiliaryTypes(String.class)
            .description(description)
            .build());
  }

  static void flag(CommandSpec command, String description, String... names) {
    command.addOption(
        OptionSpec.builder(names).arity("0").type(boolean.class).description(description).build());
  }

  // ---- what was given

  boolean has(String name) {
    return result.hasMatchedOption(name);
  }

  @Nullable String text(String name) {
    return result.matchedOptionValue(name, (String) null);
  }

  List<String> texts(String name) {
    return result.matchedOptionValue(name, List.of());
  }

  /** A number within bounds. */
  long number(String name, long least, long most, long otherwise) throws StartException {
    String given = text(name);
    if (given == null) {
      return otherwise;
    }
    try {
      long value = Long.parseLong(given.strip());
      if (value >= least && value <= most) {
        return value;
      }
    } catch (NumberFormatException e) {
      // told below
    }
    throw StartException.usage(
        "%s is a whole number from %d to %d, not %s".formatted(name, least, most, given));
  }

  QoS qos(String name) throws StartException {
    return QoS.of((int) number(name, 0, 2, 0));
  }

  /** The topic that the URL names, or null. */
  @Nullable String urlTopic() throws StartException {
    URI url = url();
    if (url == null || isWebSocket(url) || url.getPath() == null || url.getPath().length() < 2) {
      return null;
    }
    return url.getPath().substring(1);
  }

  MqttVersion version() throws StartException {
    String given = text("-V");
    MqttVersion version = given == null ? MqttVersion.MQTT_5 : VERSIONS.get(given);
    if (version == null) {
      throw StartException.usage("-V is mqttv5, mqttv311 or mqttv31, not " + given);
    }
    return version;
  }

  /** All that concerns the connection. */
  MqttClientOptions options(boolean comesBack) throws StartException {
    try {
      MqttClientOptions options = new MqttClientOptions();
      options.setAddresses(List.of(address()));
      options.setVersion(version());
      options.setReconnect(comesBack ? ReconnectOptions.defaults() : ReconnectOptions.never());
      options.setKeepAliveSeconds((int) number("-k", 0, 65_535, 60));
      String id = text("-i");
      if (id != null) {
        options.setClientId(id);
      }
      session(options, id);
      login(options);
      will(options);
      if (hasTls()) {
        options.setTls(tls());
      }
      return options;
    } catch (IllegalArgumentException e) {
      throw StartException.usage(String.valueOf(e.getMessage()));
    }
  }

  private void session(MqttClientOptions options, @Nullable String id) throws StartException {
    boolean goesOn = has("-c");
    if (goesOn && id == null) {
      throw StartException.usage("-c needs -i: a session belongs to a Client Identifier");
    }
    options.setCleanStart(!goesOn);
    long seconds = number("-x", -1, FOR_EVER_SECONDS, goesOn ? -1 : Long.MIN_VALUE);
    if (seconds != Long.MIN_VALUE && version().isMqtt5()) {
      options.setSessionExpirySeconds(seconds == -1 ? FOR_EVER_SECONDS : seconds);
    } else if (has("-x")) {
      throw StartException.usage("-x needs MQTT 5");
    }
  }

  private void login(MqttClientOptions options) throws StartException {
    URI url = url();
    String[] inUrl =
        url == null || url.getUserInfo() == null ? new String[0] : url.getUserInfo().split(":", 2);
    String user = has("-u") ? text("-u") : inUrl.length > 0 ? inUrl[0] : null;
    String password = has("-P") ? text("-P") : inUrl.length > 1 ? inUrl[1] : null;
    String file = text("--password-file");
    if (file != null) {
      password = firstLine(file);
    }
    if (user != null) {
      options.setUserName(user);
    }
    if (password != null) {
      options.setPassword(password);
    }
  }

  private String firstLine(String file) throws StartException {
    return new String(read("--password-file", file), StandardCharsets.UTF_8)
        .lines()
        .findFirst()
        .orElse("");
  }

  /** The content of a file that an option names. */
  byte[] read(String option, String file) throws StartException {
    Path path = environment.folder().resolve(file);
    try {
      return Files.readAllBytes(path);
    } catch (IOException e) {
      throw StartException.usage(
          "%s: %s cannot be read: %s".formatted(option, path, Reason.ofFile(e)));
    }
  }

  private void will(MqttClientOptions options) throws StartException {
    String topic = text("--will-topic");
    if (topic == null) {
      for (String name :
          List.of("--will-payload", "--will-qos", "--will-retain", "--will-delay-interval")) {
        if (has(name)) {
          throw StartException.usage(name + " needs --will-topic");
        }
      }
      return;
    }
    String payload = text("--will-payload");
    long delay = number("--will-delay-interval", 0, FOR_EVER_SECONDS, 0);
    options.setWill(
        OutgoingMessage.of(topic, Buffer.buffer(payload == null ? "" : payload), qos("--will-qos"))
            .withRetain(has("--will-retain")),
        delay);
  }

  private boolean hasTls() {
    return has("--cafile") || has("--cert") || has("--insecure");
  }

  private ClientSSLOptions tls() throws StartException {
    ClientSSLOptions tls = new ClientSSLOptions();
    String authorities = text("--cafile");
    String certificate = text("--cert");
    String key = text("--key");
    if (authorities != null) {
      tls.setTrustOptions(
          new PemTrustOptions().addCertValue(Buffer.buffer(read("--cafile", authorities))));
    }
    if (certificate != null && key != null) {
      tls.setKeyCertOptions(
          new PemKeyCertOptions()
              .addCertValue(Buffer.buffer(read("--cert", certificate)))
              .addKeyValue(Buffer.buffer(read("--key", key))));
    } else if (certificate != null || key != null) {
      throw StartException.usage("--cert and --key need each other");
    }
    if (has("--insecure")) {
      tls.setTrustAll(authorities == null);
      tls.setHostnameVerificationAlgorithm("");
    }
    return tls;
  }

  private ServerAddress address() throws StartException {
    String file = text("--unix");
    String given = text("-L");
    boolean byPart = has("-h") || has("-p");
    boolean byWhole = file != null || given != null;
    if ((byPart && byWhole) || (file != null && given != null)) {
      throw StartException.usage("name the server by -h and -p, or by --unix, or by -L");
    }
    if (file != null) {
      return ServerAddress.unix(environment.folder().resolve(file).toString());
    }
    URI url = url();
    if (url != null) {
      return ServerAddress.parse(withoutUser(url));
    }
    if (given != null) {
      return ServerAddress.parse(given);
    }
    Transport transport = hasTls() ? Transport.TLS : Transport.TCP;
    long port = number("-p", 1, 65_535, transport.defaultPort());
    String host = text("-h");
    return ServerAddress.of(transport, host == null ? "localhost" : host, (int) port);
  }

  private static String withoutUser(URI url) {
    String host = url.getHost();
    if (host == null) {
      throw new IllegalArgumentException(url + " names no host");
    }
    String port = url.getPort() < 0 ? "" : ":" + url.getPort();
    String path = isWebSocket(url) ? url.getRawPath() : "";
    String query = isWebSocket(url) && url.getRawQuery() != null ? "?" + url.getRawQuery() : "";
    return url.getScheme() + "://" + host + port + path + query;
  }

  private static boolean isWebSocket(URI url) {
    return url.getScheme().startsWith("ws");
  }

  /** The URL with an authority, or null where none was given. */
  private @Nullable URI url() throws StartException {
    String given = text("-L");
    if (given == null || given.startsWith("unix:")) {
      return null;
    }
    try {
      return new URI(given.contains("://") ? given : "mqtt://" + given);
    } catch (URISyntaxException e) {
      throw StartException.usage("-L: " + e.getMessage());
    }
  }
}
