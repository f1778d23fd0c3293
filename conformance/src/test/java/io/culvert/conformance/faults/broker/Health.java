package io.culvert.conformance.faults.broker;

import java.io.IOException;
import java.net.HttpURLConnection;
import java.net.URL;

/** What a readiness probe is told. */
public final class Health {
  private static final int LIMIT_MILLIS = 5000;

  private Health() {}

  /** The status of {@code /health/ready}: 200 or 503. */
  public static int ready(BrokerJvm broker) throws IOException {
    HttpURLConnection connection =
        (HttpURLConnection) new URL("http://" + broker.health() + "/health/ready").openConnection();
    connection.setConnectTimeout(LIMIT_MILLIS);
    connection.setReadTimeout(LIMIT_MILLIS);
    try {
      return connection.getResponseCode();
    } finally {
      connection.disconnect();
    }
  }
}
