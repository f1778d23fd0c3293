package io.culvert.mqtt.wire;

/** A User Property: a pair of texts whose meaning the applications agree on. */
public record UserProperty(String name, String value) {}
