export { DoctorWindow } from './doctor-window.tsx';
