package io.culvert.broker.remote;

import java.net.URI;
import org.jspecify.annotations.Nullable;

/**
 * Where others are asked over HTTP.
 *
 * @param authority file in PEM of whom {@code https} servers must have their certificates; null for
 *     those that Java trusts
 * @param timeoutMillis to get a connection, and again for a whole answer
 * @param connections at the same time; as many questions again wait for one
 */
public record RemoteOptions(
    URI uri, @Nullable String authority, long timeoutMillis, int connections) {
  public boolean isTls() {
    return "https".equals(uri.getScheme());
  }

  /** Whom they are asked of, for a log: a query or a user in the address may be a secret. */
  public String shown() {
    String port = uri.getPort() < 0 ? "" : ":" + uri.getPort();
    return uri.getScheme() + "://" + uri.getHost() + port + uri.getRawPath();
  }

  @Override
  public String toString() {
    return "RemoteOptions[" + shown() + "]";
  }
}
