/** Random sessions against Culvert and Mosquitto, and the list of their differences. */
@NullMarked
package io.culvert.conformance.model;

import org.jspecify.annotations.NullMarked;
