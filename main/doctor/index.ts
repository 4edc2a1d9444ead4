export { type Consultation, createConsultation } from './consultation.ts';
