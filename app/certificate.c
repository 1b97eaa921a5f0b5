#include "app/certificate.h"

#include <string.h>

static void say_flaw(const struct gw_settings *s, enum gw_identity_flaw flaw, int error,
                     char *ret_error)
{
    const char *cert = s->tls_cert;
    const char *key = s->tls_key;

    switch (flaw) {
    case GW_IDENTITY_NO_MEMORY:
        gw_say_to(ret_error, "out of memory.", "内存不足。");
        return;
    case GW_IDENTITY_CERT_UNREADABLE:
        gw_say_to(ret_error, "cannot read the certificate, tls-cert %s: %s.",
                  "无法读取证书 tls-cert %s：%s。", cert, strerror(-error));
        return;
    case GW_IDENTITY_CERT_NOT_PEM:
        gw_say_to(ret_error,
                  "tls-cert %s is not a certificate in PEM form (it begins with "
                  "-----BEGIN CERTIFICATE-----).",
                  "tls-cert %s 不是 PEM 格式的证书（应以 -----BEGIN CERTIFICATE----- "
                  "开头）。",
                  cert);
        return;
    case GW_IDENTITY_CERT_REFUSED:
        gw_say_to(
            ret_error,
            "tls-cert %s cannot be used: its key or its signature is too weak. Use "
            "RSA of 2048 bits or ECDSA P-256, signed with SHA-256.",
            "证书 tls-cert %s 无法使用：密钥或签名强度不足。请使用 2048 位 RSA 或 ECDSA "
            "P-256，并以 SHA-256 签名。",
            cert);
        return;
    case GW_IDENTITY_KEY_UNREADABLE:
        gw_say_to(ret_error, "cannot read the private key, tls-key %s: %s.",
                  "无法读取私钥 tls-key %s：%s。", key, strerror(-error));
        return;
    case GW_IDENTITY_KEY_EXPOSED:
        gw_say_to(
            ret_error,
            "others than its owner may read the private key, tls-key %s: chmod 600 %s.",
            "私钥 tls-key %s 可被其他用户读取，请执行 chmod 600 %s。", key, key);
        return;
    case GW_IDENTITY_KEY_NOT_PEM:
        gw_say_to(ret_error,
                  "tls-key %s is not a private key in PEM form (it begins with "
                  "-----BEGIN PRIVATE KEY-----).",
                  "tls-key %s 不是 PEM 格式的私钥（应以 -----BEGIN PRIVATE KEY----- "
                  "开头）。",
                  key);
        return;
    case GW_IDENTITY_KEY_LOCKED:
        gw_say_to(ret_error,
                  "tls-key %s is locked by a passphrase: unlock it (openssl pkey -in %s "
                  "-out NEW).",
                  "私钥 tls-key %s 设有密码，请先解除（openssl pkey -in %s -out NEW）。",
                  key, key);
        return;
    case GW_IDENTITY_KEY_FOREIGN:
        gw_say_to(ret_error,
                  "tls-key %s does not belong to the first certificate of tls-cert %s.",
                  "私钥 tls-key %s 与 tls-cert %s 的第一个证书不匹配。", key, cert);
        return;
    }
}

int gw_certificate_load(const struct gw_settings *settings,
                        struct gw_identity **ret_identity, char ret_error[GW_SAY_MAX])
{
    enum gw_identity_flaw flaw;
    *ret_identity = NULL;
    if (!settings->tls_cert)
        return 0;
    int r = gw_identity_load(settings->tls_cert, settings->tls_key, ret_identity, &flaw);
    if (r < 0)
        say_flaw(settings, flaw, r, ret_error);
    return r;
}
