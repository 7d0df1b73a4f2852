import { Module } from '@nestjs/common';
import { PanelController } from './panel.controller.js';
import { PanelFiles } from './panel-files.js';

@Module({ controllers: [PanelController], providers: [PanelFiles] })
export class PanelModule {}
