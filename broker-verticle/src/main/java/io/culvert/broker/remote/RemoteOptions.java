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
}
