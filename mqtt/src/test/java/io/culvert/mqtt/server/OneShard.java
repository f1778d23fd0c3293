package io.culvert.mqtt.server;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.Tag;

/**
 * This test counts steps that are exact in one shard only, such as whose turn it is in a group, or
 * plays connections of one shard by hand. The build runs it with one shard, all others with several
 * as well.
 */
@Tag("one-shard")
@Target({ElementType.METHOD, ElementType.TYPE})
@Retention(RetentionPolicy.RUNTIME)
@interface OneShard {}
