/** Topic trees: which subscriptions and which retained messages belong to a topic. */
@NullMarked
package io.culvert.mqtt.topic;

import org.jspecify.annotations.NullMarked;
