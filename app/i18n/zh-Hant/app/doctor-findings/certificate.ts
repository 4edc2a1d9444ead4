import type { certificate as en } from '../../../en/app/doctor-findings/certificate.ts';

/** TLS and the certificate of the target. */
export const certificate: typeof en = () => ({
  'tls-failed': {
    what: ({ target }) => `${target} 接受連線，但無法建立安全連線。`,
    why: ({ tlsErrno }) => `TLS 交握失敗：${tlsErrno}。`,
    steps: () => [`試試 http:// 而不是 https://。`, `如果服務很舊，可能只支援過時的 TLS 版本。`],
  },
  'certificate-self-signed': {
    what: ({ target }) => `${target} 使用自行簽署的憑證。`,
    why: ({ subject }) => `憑證對象是「${subject}」。連線可以建立，但會檢查憑證的程式會拒絕它。`,
    steps: () => [
      `如果伺服器有相關設定，請讓它接受這個憑證。`,
      `Node：NODE_EXTRA_CA_CERTS=file.pem。Python：SSL_CERT_FILE 或 REQUESTS_CA_BUNDLE。`,
    ],
  },
  'certificate-unknown': {
    what: ({ target }) => `${target} 的憑證來自這裡不認得的簽發單位。`,
    why: ({ issuer }) => `簽發者是「${issuer}」。會檢查憑證的程式會拒絕它。`,
    steps: () => [
      `讓程式認得這個簽發單位：Node 用 NODE_EXTRA_CA_CERTS=file.pem，Python 用 SSL_CERT_FILE。`,
      `會檢查 TLS 的公司會提供自己的簽發憑證。`,
    ],
  },
  'certificate-expired': {
    what: ({ target, validTo }) => `${target} 的憑證已於 ${validTo} 過期。`,
    why: ({ subject }) => `憑證對象是「${subject}」。會檢查憑證的程式會拒絕它。`,
    steps: () => [`在裝置上更新憑證。`, `檢查這台電腦的日期與時間。`],
  },
  'certificate-early': {
    what: ({ target, validFrom }) => `${target} 的憑證要到 ${validFrom} 才生效。`,
    why: () => `兩台機器中有一台的時鐘不正確。`,
    steps: () => [`檢查兩邊的日期與時間。`],
  },
  'certificate-name': {
    what: ({ target }) => `${target} 的憑證屬於另一個名稱。`,
    why: ({ certificateNames, subject }) => `它屬於 ${certificateNames === '' ? subject : certificateNames}。`,
    steps: () => [`使用憑證所屬的名稱。`],
  },
});
