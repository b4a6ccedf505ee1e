package dev.longshore.runtime.service.tls;

import dev.longshore.settings.Setting;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** The certificate of a listener. Files are read again when they change. */
public record ServerTlsSettings(
    @Setting(doc = "PEM file with its certificate, and its chain up to the authority")
        Path certificateFile,
    @Setting(doc = "PEM file with the certificate's key, RSA or EC, PKCS #8 without a password")
        Path keyFile,
    @Setting(
            doc =
                "PEM file with authorities; callers must show a certificate from one of them. If"
                    + " absent, no certificate is needed")
        @Nullable Path clientCaFile) {}
