package io.culvert.tcp.config;

import io.culvert.runtime.config.Configuration;
import io.culvert.runtime.config.ConfigurationException;
import io.culvert.runtime.config.ConfigurationLoader;
import io.culvert.runtime.config.Problem;
import io.culvert.tcp.wire.Dialect;
import io.culvert.tcp.wire.FrameLimits;
import io.culvert.tcp.wire.HmacAuth;
import io.vertx.core.json.JsonObject;
import io.vertx.core.net.ServerSSLOptions;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What the verticle serves.
 *
 * @param port 0 takes any
 * @param secret null where peers need none
 * @param windowSeconds 0 for no window
 */
public record TcpServiceOptions(
    String bind,
    int port,
    Dialect dialect,
    @Nullable String secret,
    long windowSeconds,
    int rememberedMessages,
    FrameLimits limits,
    int maximumConnections,
    int maximumConnectionsPerAddress,
    int connectsPerSecond,
    int maximumSubscriptions,
    int failuresPerConnection,
    int failuresPerAddress,
    long failureWindowMillis,
    @Nullable ServerSSLOptions tls,
    List<RouteSettings> routes) {
  /**
   * As long as a frame may be incomplete, a slow peer may leave its queue as it is, times three.
   */
  private static final int STALLED_FRAMES = 3;

  /** Clocks of devices are some minutes off. */
  private static final long DEFAULT_WINDOW_SECONDS = 300;

  private static final String SECRET = "tcp.secret-file";
  private static final String WINDOW = "tcp.window-seconds";

  public TcpServiceOptions {
    routes = List.copyOf(routes);
  }

  /** Whether the configuration wants the service at all. */
  public static boolean isWanted(Configuration configuration) {
    return configuration.isPresent("tcp.port");
  }

  /**
   * From the configuration of a deployed verticle. Reads files, so it blocks.
   *
   * @throws ConfigurationException with everything that is wrong
   */
  public static TcpServiceOptions parse(JsonObject config) {
    JsonObject own = new JsonObject();
    if (config.containsKey("tcp")) {
      own.put("tcp", config.getValue("tcp"));
    }
    return from(
        ConfigurationLoader.of(TcpSettings.TABLE).json("verticle configuration", own).load());
  }

  /**
   * From a loaded configuration. Reads files, so it blocks.
   *
   * @throws ConfigurationException with everything that is wrong
   */
  private static TcpServiceOptions from(Configuration configuration) {
    List<Problem> problems = new ArrayList<>();
    if (!isWanted(configuration)) {
      problems.add(new Problem("", "tcp.port", "is needed: 8888, or 0 for any"));
    }
    Dialect dialect = Objects.requireNonNull(Dialect.find(configuration.text("tcp.dialect")));
    String secret = secret(configuration, problems);
    long window = window(configuration, dialect, problems);
    ServerSSLOptions tls = TcpTls.from(configuration, problems);
    List<RouteSettings> routes =
        configuration.sections("tcp.routes").stream()
            .map(section -> RouteSettings.from(section, problems))
            .toList();
    if (!problems.isEmpty()) {
      throw new ConfigurationException(problems);
    }
    return new TcpServiceOptions(
        configuration.text("tcp.bind"),
        configuration.integer("tcp.port"),
        dialect,
        secret,
        secret == null ? 0 : window,
        configuration.integer("tcp.remembered-messages"),
        limits(configuration),
        configuration.integer("tcp.max-connections"),
        configuration.integer("tcp.max-connections-per-address"),
        configuration.integer("tcp.connects-per-second"),
        configuration.integer("tcp.max-subscriptions"),
        configuration.integer("tcp.failures-per-connection"),
        configuration.integer("tcp.failures-per-address"),
        configuration.number("tcp.failure-window-seconds") * 1000,
        tls,
        routes);
  }

  /** What peers connect to, once the port is bound. */
  public String uri(int actualPort) {
    String host = bind.contains(":") ? "[" + bind + "]" : bind;
    return (tls == null ? "tcp" : "tcps") + "://" + host + ":" + actualPort;
  }

  private static FrameLimits limits(Configuration configuration) {
    long frameMillis = configuration.number("tcp.frame-seconds") * 1000;
    return new FrameLimits(
        configuration.integer("tcp.frame-bytes"),
        configuration.integer("tcp.queue-bytes"),
        frameMillis,
        configuration.number("tcp.idle-seconds") * 1000,
        configuration.number("tcp.answer-seconds") * 1000,
        STALLED_FRAMES * frameMillis);
  }

  private static long window(Configuration configuration, Dialect dialect, List<Problem> problems) {
    if (!configuration.isPresent(WINDOW)) {
      return dialect.signsEachMessageAnew() ? DEFAULT_WINDOW_SECONDS : 0;
    }
    long window = configuration.number(WINDOW);
    if (window > 0 && !dialect.signsEachMessageAnew()) {
      problems.add(
          new Problem(
              "",
              WINDOW,
              "cannot be used with "
                  + dialect.id()
                  + ", whose peers sign everything with one time"));
    }
    return window;
  }

  private static @Nullable String secret(Configuration configuration, List<Problem> problems) {
    boolean given = configuration.isPresent(SECRET);
    if (configuration.flag("tcp.anonymous")) {
      if (given) {
        problems.add(new Problem("", "tcp.anonymous", "is true, so that a secret means nothing"));
      }
      return null;
    }
    if (!given) {
      problems.add(
          new Problem("", SECRET, "is needed, or tcp.anonymous=true where peers need no secret"));
      return null;
    }
    String file = configuration.text(SECRET);
    try {
      String secret =
          Files.readString(Path.of(file), StandardCharsets.UTF_8).lines().findFirst().orElse("");
      if (secret.getBytes(StandardCharsets.UTF_8).length < HmacAuth.MINIMUM_SECRET_BYTES) {
        problems.add(
            new Problem(
                file,
                SECRET,
                "the secret in it is too short: it needs %d bytes or more"
                    .formatted(HmacAuth.MINIMUM_SECRET_BYTES)));
      }
      return secret;
    } catch (IOException | IllegalArgumentException e) {
      problems.add(new Problem(file, SECRET, "cannot be read: " + e));
      return null;
    }
  }
}
