import { bilingual } from '../../language.ts';
import { findings } from './finding-words.ts';

/** TLS and the certificate of the target. */
export const certificate = bilingual(
  () =>
    findings({
      'tls-failed': {
        what: ({ target }) => `${target} accepts connections but not a secure one.`,
        why: ({ tlsErrno }) => `The TLS handshake failed: ${tlsErrno}.`,
        steps: () => [
          `Try http:// instead of https://.`,
          `If the service is old, it may only speak outdated versions of TLS.`,
        ],
      },
      'certificate-self-signed': {
        what: ({ target }) => `${target} shows a certificate that it has signed itself.`,
        why: ({ subject }) =>
          `It is made out to “${subject}”. The connection works; programs that check certificates refuse it.`,
        steps: () => [
          `Tell the server to accept this certificate, if it has such a setting.`,
          `Node: NODE_EXTRA_CA_CERTS=file.pem. Python: SSL_CERT_FILE or REQUESTS_CA_BUNDLE.`,
        ],
      },
      'certificate-unknown': {
        what: ({ target }) => `${target} shows a certificate of an authority that is not known here.`,
        why: ({ issuer }) => `It was issued by “${issuer}”. Programs that check certificates refuse it.`,
        steps: () => [
          `Make the authority known: NODE_EXTRA_CA_CERTS=file.pem for Node, SSL_CERT_FILE for Python.`,
          `A company that inspects TLS hands out its authority.`,
        ],
      },
      'certificate-expired': {
        what: ({ target, validTo }) => `The certificate of ${target} expired on ${validTo}.`,
        why: ({ subject }) => `It is made out to “${subject}”. Programs that check certificates refuse it.`,
        steps: () => [`Renew the certificate on the device.`, `Check the date and time of this machine.`],
      },
      'certificate-early': {
        what: ({ target, validFrom }) => `The certificate of ${target} is only valid from ${validFrom}.`,
        why: () => `The clock of one of the two machines is wrong.`,
        steps: () => [`Check date and time on both.`],
      },
      'certificate-name': {
        what: ({ target }) => `The certificate of ${target} is for another name.`,
        why: ({ certificateNames, subject }) => `It is for ${certificateNames === '' ? subject : certificateNames}.`,
        steps: () => [`Use the name that the certificate is for.`],
      },
    }),
  () => ({
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
  }),
);
