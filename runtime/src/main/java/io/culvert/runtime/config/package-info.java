/**
 * Configuration: one table of settings is the only source for parsing, defaults, environment names,
 * printing and documentation.
 */
@NullMarked
package io.culvert.runtime.config;

import org.jspecify.annotations.NullMarked;
