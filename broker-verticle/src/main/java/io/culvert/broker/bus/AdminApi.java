package io.culvert.broker.bus;

import io.culvert.mqtt.server.SessionView;
import io.culvert.mqtt.wire.MqttViolation;
import io.culvert.mqtt.wire.PacketType;
import io.culvert.mqtt.wire.Properties;
import io.culvert.mqtt.wire.Property;
import io.culvert.mqtt.wire.ReasonCode;
import io.culvert.mqtt.wire.TopicFilter;
import io.culvert.runtime.bus.JsonFields;
import io.culvert.runtime.bus.MqttFailure;
import io.culvert.runtime.bus.MqttMessage;
import io.culvert.runtime.config.ConfigurationException;
import io.culvert.runtime.driver.Shards;
import io.culvert.runtime.log.Printable;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The verbs of {@code culvert.mqtt.admin.*}. What changes anything is logged for auditors. */
final class AdminApi {
  private static final Logger AUDIT = LoggerFactory.getLogger("culvert.audit");

  private final BusHost host;
  private final Publisher publisher;
  private final SessionListing sessions;
  private final RetainedListing retained;
  private final AdminStatus status;
  private final AdminDrain drain;

  AdminApi(Vertx vertx, BusHost host, Publisher publisher, AdminStatus status) {
    this.host = host;
    this.publisher = publisher;
    this.sessions = new SessionListing(vertx, host.shards());
    this.retained = new RetainedListing(host.shards());
    this.status = status;
    this.drain = new AdminDrain(host);
  }

  Map<String, Function<JsonObject, Future<JsonObject>>> verbs() {
    return Map.ofEntries(
        Map.entry("status", body -> nothingIn(body, status::status)),
        Map.entry("limits", body -> nothingIn(body, status::limits)),
        Map.entry("clients", body -> list(body, AdminJson::connected)),
        Map.entry("sessions", body -> list(body, AdminJson::session)),
        Map.entry("client", this::client),
        Map.entry("disconnect", this::disconnect),
        Map.entry("session.delete", this::deleteSession),
        Map.entry("subscriptions", this::subscriptions),
        Map.entry("retained", this::retained),
        Map.entry("retained.delete", this::deleteRetained),
        Map.entry("reload", this::reload),
        Map.entry("drain", drain::drain),
        Map.entry("drain.status", body -> nothingIn(body, drain::status)));
  }

  private static Future<JsonObject> nothingIn(
      JsonObject body, Supplier<Future<JsonObject>> answer) {
    JsonFields.of(body, Set.of());
    return answer.get();
  }

  private Future<JsonObject> list(
      JsonObject body, Function<SessionView, List<SessionListing.Item>> lines) {
    JsonFields fields = JsonFields.of(body, Set.of("limit", "cursor"));
    return sessions.page(
        sessions.clientIds(), Page.limit(fields), fields.optionalText("cursor"), lines);
  }

  private Future<JsonObject> client(JsonObject body) {
    String clientId = JsonFields.of(body, Set.of("clientId")).text("clientId");
    return sessions.find(clientId).map(AdminJson::of);
  }

  private Future<JsonObject> subscriptions(JsonObject body) {
    JsonFields fields = JsonFields.of(body, Set.of("clientId", "filter", "limit", "cursor"));
    String clientId = fields.optionalText("clientId");
    String filter = fields.optionalText("filter");
    return sessions.page(
        clientId == null ? sessions.clientIds() : Future.succeededFuture(List.of(clientId)),
        Page.limit(fields),
        fields.optionalText("cursor"),
        view ->
            AdminJson.subscriptions(view).stream()
                .filter(item -> filter == null || filter.equals(item.part()))
                .toList());
  }

  private Future<JsonObject> disconnect(JsonObject body) {
    JsonFields fields = JsonFields.of(body, Set.of("clientId", "reasonCode", "serverReference"));
    String clientId = fields.text("clientId");
    String reference = fields.optionalText("serverReference");
    ReasonCode usual =
        reference == null ? ReasonCode.ADMINISTRATIVE_ACTION : ReasonCode.USE_ANOTHER_SERVER;
    ReasonCode reasonCode =
        reasonCode(fields, (int) fields.number("reasonCode", 0x80, 0xFF, usual.value()));
    Properties properties =
        reference == null
            ? Properties.EMPTY
            : Properties.builder().put(Property.SERVER_REFERENCE, reference).build();
    return anywhere(shard -> shard.broker().disconnect(clientId, reasonCode, properties))
        .map(
            found -> {
              if (!found) {
                throw unknown(clientId);
              }
              AUDIT.info(
                  "client {} was disconnected over the event bus ({})",
                  Printable.name(clientId),
                  Messages.words(reasonCode));
              return new JsonObject();
            });
  }

  private Future<JsonObject> deleteSession(JsonObject body) {
    String clientId = JsonFields.of(body, Set.of("clientId")).text("clientId");
    return anywhere(shard -> shard.broker().endSession(clientId, shard.shard().nowMillis()))
        .map(
            found -> {
              if (!found) {
                throw unknown(clientId);
              }
              AUDIT.info(
                  "the session of client {} was deleted over the event bus",
                  Printable.name(clientId));
              return new JsonObject();
            });
  }

  private Future<JsonObject> retained(JsonObject body) {
    JsonFields fields = JsonFields.of(body, Set.of("filter", "limit", "cursor"));
    String text = fields.optionalText("filter");
    try {
      return retained.page(
          TopicFilter.parse(text == null ? "#" : text),
          Page.limit(fields),
          fields.optionalText("cursor"));
    } catch (MqttViolation violation) {
      throw fields.wrong("filter", "is none: " + violation.getMessage());
    }
  }

  private Future<JsonObject> deleteRetained(JsonObject body) {
    String topic = JsonFields.of(body, Set.of("topic")).text("topic");
    return publisher
        .publish(MqttMessage.of(topic, Buffer.buffer()).withRetain(true))
        .map(
            done -> {
              AUDIT.info(
                  "the retained message of {} was deleted over the event bus",
                  Printable.name(topic));
              return new JsonObject();
            });
  }

  private Future<JsonObject> reload(JsonObject body) {
    boolean dryRun = JsonFields.of(body, Set.of("dryRun")).flag("dryRun", false);
    return host.reload(dryRun)
        .map(
            done -> {
              if (!dryRun) {
                AUDIT.info("users and permissions were read again, as the event bus asked");
              }
              return new JsonObject();
            })
        .recover(
            failure ->
                failure instanceof ConfigurationException wrong
                    ? Future.failedFuture(
                        MqttFailure.BAD_CONFIGURATION.because(
                            wrong.problems().stream()
                                .map(Object::toString)
                                .collect(Collectors.joining("; "))))
                    : Future.failedFuture(failure));
  }

  private Future<Boolean> anywhere(Function<BusShard, Boolean> action) {
    return Shards.all(
            host.shards().stream().map(shard -> shard.on(() -> action.apply(shard))).toList())
        .map(answers -> answers.contains(true));
  }

  private static ReasonCode reasonCode(JsonFields fields, int value) {
    try {
      return ReasonCode.of(value, PacketType.DISCONNECT);
    } catch (MqttViolation violation) {
      throw fields.wrong("reasonCode", "must be one of DISCONNECT");
    }
  }

  static RuntimeException unknown(String clientId) {
    return MqttFailure.NOT_FOUND.because("no client " + Printable.name(clientId));
  }
}
