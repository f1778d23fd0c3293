/** The client beside other people's clients, as a program to run by hand. */
@NullMarked
package io.culvert.conformance.client.speed;

import org.jspecify.annotations.NullMarked;
