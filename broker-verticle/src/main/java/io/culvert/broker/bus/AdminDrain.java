package io.culvert.broker.bus;

import io.culvert.runtime.bus.JsonFields;
import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Lets all clients go, and tells how far that is. */
final class AdminDrain {
  private static final Logger LOG = LoggerFactory.getLogger("culvert.mqtt.server");
  private static final Logger AUDIT = LoggerFactory.getLogger("culvert.audit");

  /** As many as the settings allow. */
  private static final int MOST_PER_SECOND = 1_000_000;

  private final BusHost host;

  AdminDrain(BusHost host) {
    this.host = host;
  }

  /** Begins; completes at once. */
  Future<JsonObject> drain(JsonObject body) {
    JsonFields fields = JsonFields.of(body, Set.of("perSecond", "permanently"));
    Long perSecond = fields.optionalNumber("perSecond", 1, MOST_PER_SECOND);
    if (perSecond == null) {
      throw fields.wrong("perSecond", "is needed: how many clients go in a second");
    }
    boolean permanently = fields.flag("permanently", false);
    AUDIT.info(
        "all clients are let go {}, {} per second, as the event bus asked",
        permanently ? "for good" : "for now",
        perSecond);
    host.drain(perSecond.intValue(), permanently)
        .onFailure(failure -> LOG.error("clients could not be let go", failure));
    return Future.succeededFuture(new JsonObject());
  }

  Future<JsonObject> status() {
    return host.drainStatus();
  }
}
