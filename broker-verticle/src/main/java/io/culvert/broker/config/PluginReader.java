package io.culvert.broker.config;

import io.culvert.broker.jwt.JwtOptions;
import io.culvert.broker.jwt.TokenKeys;
import io.culvert.broker.jwt.TokenRules;
import io.culvert.broker.remote.RemoteOptions;
import io.culvert.runtime.config.Configuration;
import io.culvert.runtime.config.Problem;
import io.culvert.runtime.files.CertificateFiles;
import io.culvert.runtime.files.SecurityFile;
import io.vertx.core.json.DecodeException;
import io.vertx.core.json.JsonObject;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Reads {@link PluginOptions}, and the files that they name, so it blocks. */
final class PluginReader {
  /** Names that stay on this machine; no name is looked up. */
  private static final Set<String> LOOPBACK = Set.of("localhost", "127.0.0.1", "[::1]");

  private final Configuration configuration;
  private final List<Problem> problems;

  PluginReader(Configuration configuration, List<Problem> problems) {
    this.configuration = configuration;
    this.problems = problems;
  }

  PluginOptions read() {
    return new PluginOptions(
        http("auth.http.url"),
        http("auth.http.permissions-url"),
        configuration.integer("auth.http.cache-size"),
        configuration.number("auth.http.cache-millis"),
        text("auth.event-bus.address"),
        text("auth.event-bus.permissions-address"),
        configuration.number("auth.event-bus.timeout-millis"),
        jwt(),
        UnixUsers.read(configuration, problems));
  }

  /** Whether anything says which tokens are good. */
  static boolean hasJwt(Configuration configuration) {
    return Stream.of("secret-file", "public-key-file", "jwks-file", "jwks-url")
        .anyMatch(key -> configuration.isPresent("auth.jwt." + key));
  }

  private @Nullable JwtOptions jwt() {
    if (!hasJwt(configuration)) {
      return null;
    }
    TokenKeys keys =
        keys("auth.jwt.secret-file", text -> TokenKeys.ofSecret(text.strip()))
            .and(keys("auth.jwt.public-key-file", TokenKeys::ofPem))
            .and(keys("auth.jwt.jwks-file", text -> TokenKeys.ofSet(json(text))));
    return new JwtOptions(
        keys,
        remote("auth.jwt.jwks-url", "auth.jwt.jwks-authority", "auth.jwt.jwks-timeout-millis", 1),
        configuration.number("auth.jwt.jwks-refresh-seconds"),
        configuration.number("auth.jwt.unknown-key-seconds"),
        new TokenRules(
            text("auth.jwt.issuer"),
            text("auth.jwt.audience"),
            configuration.text("auth.jwt.user-claim"),
            configuration.number("auth.jwt.leeway-seconds"),
            text("auth.jwt.publish-claim"),
            text("auth.jwt.subscribe-claim")));
  }

  private TokenKeys keys(String setting, Function<String, TokenKeys> parse) {
    String name = text(setting);
    if (name == null) {
      return TokenKeys.NONE;
    }
    SecurityFile file = new SecurityFile(setting, name, problems);
    String content = file.readWhole();
    if (!file.isFine()) {
      return TokenKeys.NONE;
    }
    try {
      return parse.apply(content);
    } catch (IllegalArgumentException e) {
      file.refuse(0, String.valueOf(e.getMessage()));
      return TokenKeys.NONE;
    }
  }

  private static JsonObject json(String text) {
    try {
      return new JsonObject(text);
    } catch (DecodeException e) {
      throw new IllegalArgumentException("is no JSON object", e);
    }
  }

  private @Nullable RemoteOptions http(String setting) {
    return remote(
        setting,
        "auth.http.authority",
        "auth.http.timeout-millis",
        configuration.integer("auth.http.connections"));
  }

  private @Nullable RemoteOptions remote(
      String setting, String authority, String timeout, int connections) {
    String text = text(setting);
    if (text == null) {
      return null;
    }
    String trusted = text(authority);
    if (trusted != null) {
      CertificateFiles.checkFile(authority, trusted, problems);
    }
    return new RemoteOptions(
        uri(setting, text), trusted, configuration.number(timeout), connections);
  }

  private URI uri(String setting, String text) {
    try {
      URI uri = new URI(text);
      String host = uri.getHost();
      boolean isHttp = "http".equals(uri.getScheme());
      if (host == null || (!isHttp && !"https".equals(uri.getScheme()))) {
        refuse(setting, "is no http:// or https:// address");
      } else if (uri.getUserInfo() != null) {
        refuse(setting, "has credentials in it, which would be shown with it");
      } else if (isHttp && !LOOPBACK.contains(host) && !configuration.flag("auth.plain-http")) {
        refuse(setting, "is not encrypted: use https://, or say auth.plain-http: true");
      }
      return uri;
    } catch (URISyntaxException e) {
      refuse(setting, "is no http:// or https:// address");
      return URI.create("http://localhost");
    }
  }

  private void refuse(String setting, String message) {
    problems.add(new Problem(configuration.origin(setting), setting, message));
  }

  private @Nullable String text(String setting) {
    return configuration.isPresent(setting) ? configuration.text(setting) : null;
  }
}
