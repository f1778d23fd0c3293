/** JSON Web Tokens (RFC 7519) as passwords. */
@NullMarked
package io.culvert.broker.jwt;

import org.jspecify.annotations.NullMarked;
