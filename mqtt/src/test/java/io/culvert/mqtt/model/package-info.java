/** Random sessions, and a small reference model that says what a server must answer. */
@NullMarked
package io.culvert.mqtt.model;

import org.jspecify.annotations.NullMarked;
